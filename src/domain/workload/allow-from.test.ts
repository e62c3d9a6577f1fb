import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allowFromText,
  namedNamespaces,
  parseAllowFrom,
  saidOf,
  sourcesOf,
  UNSAID,
} from './allow-from.ts';
import { AnnotationError } from './annotation-error.ts';

const HTTP = { port: 8080, protocol: 'TCP' } as const;
const HOOK = { port: 9443, protocol: 'TCP' } as const;

describe('allow-from', () => {
  test.each<[string, string]>([
    ['any', 'any'],
    [' same-namespace ', 'same-namespace'],
    ['namespace/b , same-namespace,namespace/a', 'same-namespace,namespace/a,namespace/b'],
    ['namespace/a,namespace/a', 'namespace/a'],
    ['same-namespace,any,namespace/a', 'any'],
    ['9443/TCP=any', '9443/TCP=any'],
    ['9443/TCP = any ; same-namespace', 'same-namespace;9443/TCP=any'],
    ['53/UDP=any;53/TCP=any;0008/TCP=namespace/a', '8/TCP=namespace/a;53/TCP=any;53/UDP=any'],
    [`namespace/${'a'.repeat(63)}`, `namespace/${'a'.repeat(63)}`],
  ])('%s is read as %s', (text, canonical) => {
    expect(allowFromText(parseAllowFrom(text))).toBe(canonical);
  });

  test('without a port is about all ports that have no entry of their own', () => {
    const allowFrom = parseAllowFrom('same-namespace;9443/TCP=any');
    expect(sourcesOf(allowFrom, HTTP)).toEqual(['same-namespace']);
    expect(sourcesOf(allowFrom, HOOK)).toEqual(['any']);
    expect(sourcesOf(allowFrom, { ...HOOK, protocol: 'UDP' })).toEqual(['same-namespace']);
  });

  test('of single ports leaves the others to everybody, unsaid', () => {
    const allowFrom = parseAllowFrom('9443/TCP=namespace/edge');
    expect(sourcesOf(allowFrom, HTTP)).toEqual(['any']);
    expect(saidOf(allowFrom, HTTP)).toBeUndefined();
    expect(saidOf(allowFrom, HOOK)).toEqual(['namespace/edge']);
    expect(allowFromText(UNSAID)).toBe('');
  });

  test('names namespaces, each once', () => {
    const text = 'namespace/b,same-namespace;1/TCP=any;2/TCP=namespace/a,namespace/b';
    expect(namedNamespaces(parseAllowFrom(text))).toEqual(['a', 'b']);
    expect(namedNamespaces(UNSAID)).toEqual([]);
  });

  const SOURCES = 'must list any, same-namespace or namespace/NAME, not ';
  const PORT = 'must have a port such as 9443/TCP in front of an equals sign, not ';

  test.each<[string, string]>([
    ['', `${SOURCES}""`],
    ['all', `${SOURCES}"all"`],
    ['any,', `${SOURCES}""`],
    ['any;', `${SOURCES}""`],
    ['Any', `${SOURCES}"Any"`],
    ['namespace/', `${SOURCES}"namespace/"`],
    ['namespace/A', `${SOURCES}"namespace/A"`],
    ['namespace/-a', `${SOURCES}"namespace/-a"`],
    ['namespace/a.b', `${SOURCES}"namespace/a.b"`],
    [`namespace/${'a'.repeat(64)}`, SOURCES],
    ['same-namespace;9443/TCP=', `${SOURCES}""`],
    ['9443=any', `${PORT}"9443=any"`],
    ['0/TCP=any', `${PORT}"0/TCP=any"`],
    ['9443/tcp=any', `${PORT}"9443/tcp=any"`],
    ['9443/TCP=8080/TCP=any', `${PORT}"9443/TCP=8080/TCP=any"`],
    ['=any', `${PORT}"=any"`],
    ['any;same-namespace', 'has two entries for all ports; list their sources in one'],
    ['1/TCP=any;01/TCP=any', 'has two entries for 1/TCP; list their sources in one'],
  ])('%s is rejected whole', (text, message) => {
    expect(() => parseAllowFrom(text)).toThrow(AnnotationError);
    expect(() => parseAllowFrom(text)).toThrow(message);
  });
});

const source = fc.constantFrom('any', 'same-namespace', 'namespace/a', 'namespace/b');
const sources = fc.array(source, { minLength: 1, maxLength: 4 });
const entries = fc.uniqueArray(
  fc.tuple(fc.constantFrom('', '1/TCP=', '1/UDP=', '8080/TCP=', '65535/SCTP='), sources),
  { minLength: 1, maxLength: 5, selector: ([port]) => port },
);
const written = (list: readonly [string, string[]][]) =>
  list.map(([port, of]) => port + of.join(',')).join(';');

describe('whatever its entries', () => {
  test('are in whatever order, it is read as the same', () => {
    const shuffled = entries.chain((list) =>
      fc
        .tuple(
          fc.shuffledSubarray(list, { minLength: list.length }),
          fc.tuple(...list.map(([, of]) => fc.shuffledSubarray(of, { minLength: of.length }))),
        )
        .map(([order, orders]) => {
          const sourcesFor = new Map(list.map(([port], index) => [port, orders[index] ?? []]));
          return {
            one: written(list),
            other: written(order.map(([port]) => [port, sourcesFor.get(port) ?? []])),
          };
        }),
    );
    fc.assert(
      fc.property(shuffled, ({ one, other }) => {
        expect(parseAllowFrom(other)).toEqual(parseAllowFrom(one));
        expect(parseAllowFrom(allowFromText(parseAllowFrom(one)))).toEqual(parseAllowFrom(one));
      }),
    );
  });

  test('and whatever is written, it is read or rejected', () => {
    const pieces = fc.constantFrom(
      'any',
      'namespace/a',
      '80/TCP',
      '=',
      ';',
      ',',
      ' ',
      'x',
      '__proto__',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(pieces).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (any) => {
        try {
          const canonical = allowFromText(parseAllowFrom(any));
          expect(allowFromText(parseAllowFrom(canonical))).toBe(canonical);
        } catch (error) {
          expect(error).toBeInstanceOf(AnnotationError);
        }
      }),
    );
  });
});
