import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pod, port, snapshot, template as templateOf, workload } from '../../testing/builders.ts';
import { runs } from '../../testing/property-runs.ts';
import { decide } from '../decide.ts';

describe('whatever stands on a Deployment', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'enforce',
      'audit',
      'off',
      'any',
      'same-namespace',
      'namespace/a,same-namespace',
      'namespace/a;8080/TCP=any',
      '8080/TCP=same-namespace',
      'on',
      '__proto__',
      'constructor',
    ),
    fc
      .array(
        fc.tuple(
          fc.integer({ min: -1, max: 70_000 }),
          fc.constantFrom('TCP', 'UDP', 'SCTP', 'tcp'),
        ),
      )
      .map((ports) => ports.map(([number, protocol]) => `${number}/${protocol}`).join(',')),
  );
  const keys = ['extra-ports', 'closed-ports', 'allow-from', 'probe', 'accept-cuts'].map(
    (key) => `portlock.dev/${key}`,
  );
  const annotations = fc.dictionary(fc.constantFrom(...keys), text);
  const declared = fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { maxLength: 5 });

  test('a policy never allows more than what is declared or asked for', () => {
    fc.assert(
      fc.property(text, annotations, declared, (mode, notes, ports) => {
        const template = templateOf({ ports: ports.map((number) => port(number)) });
        const plan = decide(
          snapshot({
            workload: workload({ mode, annotations: notes, template }),
            pods: [pod({ ports: [] })],
          }),
        );
        if (plan.policy.do !== 'apply') return;
        expect(mode).toBe('enforce');
        const { spec } = plan.policy.policy;
        const rules = spec.ingress ?? [];
        expect(rules.length).toBeGreaterThan(0);
        // Numbers may come with leading zeros.
        const extra = (notes['portlock.dev/extra-ports'] ?? '')
          .split(',')
          .map((entry) => entry.trim().replace(/^0+/, ''));
        const wanted = [...ports.map((number) => `${number}/TCP`), ...extra];
        for (const rule of rules) {
          expect(rule.ports?.length).toBeGreaterThan(0);
          for (const each of rule.ports ?? [])
            expect(wanted).toContain(`${each.port}/${each.protocol}`);
        }
        const isNarrow = rules.every(({ from }) => (from?.length ?? 0) > 1);
        expect(isNarrow || mayBeOpen(notes['portlock.dev/allow-from'] ?? 'any')).toBe(true);
      }),
      runs(60),
    );
  });
});

/** Whether a value of allow-from lets everybody in, or leaves it unsaid of some port. */
function mayBeOpen(allowFrom: string): boolean {
  return allowFrom.includes('any') || allowFrom.includes('=');
}
