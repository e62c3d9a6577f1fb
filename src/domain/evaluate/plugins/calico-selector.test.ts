import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../testing/property-runs.ts';
import { not } from '../../match/match.ts';
import { calicoSelectorMatch } from './calico-selector.ts';

const LABELS = {
  labels: { app: 'web', tier: 'front-end', 'app.kubernetes.io/name': 'web', in: 'x', has: 'y' },
  isHidden: (label: string) => label.startsWith('pcns.'),
};
const match = (selector: string) => calicoSelectorMatch(selector, LABELS);

test.each([
  ['', 'Yes'],
  ['  ', 'Yes'],
  ['all()', 'Yes'],
  ['!all()', 'No'],
  ['app == "web"', 'Yes'],
  ["app == 'web'", 'Yes'],
  ['app=="web"', 'Yes'],
  ['app == "db"', 'No'],
  ['gone == "web"', 'No'],
  ['app != "web"', 'No'],
  ['app != "db"', 'Yes'],
  ['gone != "web"', 'Yes'],
  ['has(app)', 'Yes'],
  ['has( app )', 'Yes'],
  ['has(gone)', 'No'],
  ['! has(gone)', 'Yes'],
  ['!!has(app)', 'Yes'],
  ['app in { "db", "web" }', 'Yes'],
  ['app in {"db"}', 'No'],
  ['app in {}', 'No'],
  ['app in {"web",}', 'Yes'],
  ['app not in {"db"}', 'Yes'],
  ['app not in {"web"}', 'No'],
  ['gone not in {"web"}', 'Yes'],
  ['tier contains "nt-e"', 'Yes'],
  ['tier starts with "front"', 'Yes'],
  ['tier starts with "end"', 'No'],
  ['tier ends with "end"', 'Yes'],
  ['app.kubernetes.io/name == "web"', 'Yes'],
  ['in == "x" && has == "y"', 'Yes'],
  // && binds tighter than ||, and ! tighter than both.
  ['all() || all() && !all()', 'Yes'],
  ['(all() || all()) && !all()', 'No'],
  ['!has(gone) && app == "web"', 'Yes'],
  ['!(has(app) && app == "web")', 'No'],
  ['!has(app) || app == "web"', 'Yes'],
  // A label that Calico may add decides only where the rest does not.
  ['has(pcns.team)', 'Unknown'],
  ['!has(pcns.team)', 'Unknown'],
  ['pcns.team != "a"', 'Unknown'],
  ['has(pcns.team) && app == "db"', 'No'],
  ['has(pcns.team) || app == "web"', 'Yes'],
  // What can't be read.
  ['global()', 'Unknown'],
  ['app', 'Unknown'],
  ['app = "web"', 'Unknown'],
  ['app == web', 'Unknown'],
  ['app == "web', 'Unknown'],
  ['"web" == app', 'Unknown'],
  [') == "web"', 'Unknown'],
  ['app == "web" app == "web"', 'Unknown'],
  ['app == "web" &&', 'Unknown'],
  ['(app == "web"', 'Unknown'],
  ['app == "web")', 'Unknown'],
  ['app in {"web"', 'Unknown'],
  ['app in {"web" "db"}', 'Unknown'],
  ['has(app', 'Unknown'],
  ['app ~ "w.*"', 'Unknown'],
  ['app\n== "web"', 'Unknown'],
])('%s: %s', (selector, expected) => {
  expect(match(selector)).toBe(expected);
});

test('any text has an answer, and its negation the opposite one', () => {
  const word = fc.constantFrom('app', 'gone', 'pcns.a', 'has(', 'all()', '(', ')', '{', '}', ',');
  const token = fc.oneof(
    word,
    fc.constantFrom('==', '!=', '&&', '||', '!', 'in', 'not', '"web"', ' '),
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(token, { maxLength: 12 }).map((each) => each.join(' ')),
  );
  fc.assert(
    fc.property(text, (selector) => {
      fc.pre(selector.trim() !== '');
      expect(match(`!(${selector})`)).toBe(not(match(`(${selector})`)));
    }),
    runs(200),
  );
});

test('no depth is too deep to answer', () => {
  for (const opening of ['(', '!(', '!']) {
    expect(['Yes', 'Unknown']).toContain(match(`${opening.repeat(100_000)}all()`));
  }
  expect(match(`${'('.repeat(20)}all()${')'.repeat(20)}`)).toBe('Yes');
});
