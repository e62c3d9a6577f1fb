import { styleText } from 'node:util';
import type { Declaration, ExposedPort, PortListener } from '../../domain/exposure/exposure.ts';
import { visible } from '../../domain/text/visible-text.ts';
import type { AddressResult, ProbeResult } from '../probe/result.ts';
import { type Cell, columns } from './columns.ts';

/** Of ports that neither answer nor are declared, so many of one state are listed; more are a crowd. */
const SMALL_GROUP = 10;

/** Escapes for colours. */
type Paint = (text: string) => string;

/**
 * The result of a probe for people: worst first within an address, and from where it was seen. The pod is named where there is
 * more than one address, or might have been; a wide table names it always, and the node, and lists every port of the result.
 */
export function probeTable(
  result: ProbeResult,
  options: { wide: boolean; color: boolean },
): string {
  const { wide, color } = options;
  const { addresses } = result;
  const named = wide || addresses.length > 1 || result.isRange;
  const hasPods = wide || addresses.some(({ pod }) => pod !== undefined);
  const looked = addresses.some(({ inside }) => inside !== undefined);
  const place = (each: AddressResult): Cell[] => [
    ...(named && hasPods ? [{ text: podName(each) }] : []),
    ...(named ? [{ text: each.address }] : []),
    ...(wide ? [{ text: each.pod?.node || '-' }] : []),
  ];
  const header = [
    ...(named && hasPods ? ['POD'] : []),
    ...(named ? ['ADDRESS'] : []),
    ...(wide ? ['NODE'] : []),
    'PORT',
    'STATE',
    'DECLARED BY',
    ...(looked ? ['LISTENING'] : []),
    'NOTE',
  ];
  const rows = addresses.flatMap((each) =>
    (wide ? each.ports : withoutCrowds(each.ports))
      .toSorted(worstFirst)
      .map((port) => [
        ...place(each),
        { text: `${port.port}/${port.protocol}` },
        { text: port.state, paint: color ? paintOf(port) : undefined },
        { text: port.declaredBy.map(declarationText).join(', ') || '-' },
        ...(looked ? [{ text: listening(port.listeners) }] : []),
        { text: port.note },
      ]),
  );
  return rows.length === 0 ? '' : `${columns(header, rows)}Seen from ${visible(result.from)}\n`;
}

function podName({ pod }: AddressResult): string {
  return pod === undefined ? '-' : `${pod.namespace}/${pod.name}`;
}

function declarationText({ container, name }: Declaration): string {
  const who = container || 'annotation';
  return name === undefined ? who : `${who} (${name})`;
}

/** `app: node on *`; `?` where it could not be told. */
function listening(listeners: readonly PortListener[] | undefined): string {
  if (listeners === undefined) return '?';
  const texts = listeners.map(({ address, container, process }) => {
    const where = address === '0.0.0.0' || address === '::' ? '*' : address;
    return `${container || '?'}: ${process || '?'} on ${where}`;
  });
  return [...new Set(texts)].join(', ') || '-';
}

function withoutCrowds(ports: readonly ExposedPort[]): ExposedPort[] {
  const isPlain = ({ declaredBy, listeners, state }: ExposedPort) =>
    declaredBy.length === 0 && !listeners?.length && state !== 'Open';
  const size = (state: string) =>
    ports.filter((port) => isPlain(port) && port.state === state).length;
  const crowds = new Set(
    ports.map(({ state }) => state).filter((state) => size(state) > SMALL_GROUP),
  );
  return ports.filter((port) => !isPlain(port) || !crowds.has(port.state));
}

function worstFirst(a: ExposedPort, b: ExposedPort): number {
  return rank(a) - rank(b) || a.port - b.port;
}

function rank({ finding, state }: ExposedPort): number {
  if (finding === 'UndeclaredReachable') return 0;
  if (finding === 'DeclaredUnreachable' || finding === 'DeclaredNotListening') return 1;
  return state === 'Open' ? 2 : 3;
}

function paintOf({ finding, state }: ExposedPort): Paint | undefined {
  if (finding === 'UndeclaredReachable') return (text) => styled('red', text);
  if (finding !== undefined) return (text) => styled('yellow', text);
  return state === 'Open' ? (text) => styled('green', text) : undefined;
}

/** Whoever calls has looked whether colour is wanted; Node must not look again. */
function styled(color: 'red' | 'yellow' | 'green', text: string): string {
  return styleText(color, text, { validateStream: false });
}
