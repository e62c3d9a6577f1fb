import { expect, test } from 'vitest';
import { auditFinding } from '../../testing/audit-results.ts';
import { CHECKS } from '../audit/checks.ts';
import { generalFixOf, messageAndFix, titleOf, whyOf } from './finding-reasons.ts';

test('of a check, the documentation says why and what mends it', () => {
  const finding = auditFinding({ id: 'PL002', message: 'Own words', fix: 'Own fix' });
  expect(whyOf(finding)).toBe(CHECKS.PL002.why);
  expect(generalFixOf(finding)).toBe(CHECKS.PL002.fix);
});

test.each(['DeclaredUnreachable', 'constructor', '', 'pl002'])(
  'of "%s", which is none, the finding does',
  (id) => {
    const finding = auditFinding({ id, message: 'Own words', fix: 'Own fix' });
    expect([whyOf(finding), generalFixOf(finding)]).toEqual(['Own words', 'Own fix']);
  },
);

test.each<[message: string, fix: string, said: string]>([
  ['A port is open', 'Declare it', 'A port is open. Declare it'],
  ['A port is open. Declare it', 'Declare it', 'A port is open. Declare it'],
  ['Declare', 'Declare it', 'Declare. Declare it'],
])('"%s", which "%s" mends, is said as "%s"', (message, fix, said) => {
  expect(messageAndFix(auditFinding({ message, fix }))).toBe(said);
});

test.each<[id: string, name: string, title: string]>([
  ['PL001', 'NoPolicy', 'PL001 NoPolicy'],
  ['DeclaredUnreachable', 'DeclaredUnreachable', 'DeclaredUnreachable'],
])('%s of the name %s is called "%s"', (id, name, title) => {
  expect(titleOf({ id, name })).toBe(title);
});
