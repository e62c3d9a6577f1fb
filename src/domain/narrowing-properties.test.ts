import fc from 'fast-check';
import { expect, test } from 'vitest';
import { world } from '../testing/any-world.ts';
import { service } from '../testing/builders.ts';
import { grantsInUse } from '../testing/grants-in-use.ts';
import { runs } from '../testing/property-runs.ts';
import { decide } from './decide.ts';
import { grantedBy, grantsOf } from './policy/grants.ts';

test('nothing that our policy allows and a holding finding is about is taken away', () => {
  fc.assert(
    fc.property(world, (before) => {
      const plan = decide(before);
      if (plan.policy.do !== 'apply') return;
      const isStill = grantedBy(grantsOf(plan.policy.policy) ?? []);
      expect(grantsInUse(before, plan).filter((grant) => !isStill(grant))).toEqual([]);
    }),
    runs(24),
  );
});

test('one more user never has more allowed than is asked for or was allowed', () => {
  fc.assert(
    fc.property(world, (before) => {
      const more = { ...service(65_535), name: 'more', exposure: 'NodePort' as const };
      const usage = { ...before.usage, services: [...before.usage.services, more] };
      const [less, plan] = [before, { ...before, usage }].map(decide);
      if (plan?.policy.do !== 'apply' || less?.policy.do !== 'apply') return;
      const own = before.policies.find(({ metadata }) => metadata.name === 'web-portlock');
      const granted = [less.policy.policy, ...(own ? [own] : [])].flatMap(
        (each) => grantsOf(each) ?? [],
      );
      const allowed = grantsOf(plan.policy.policy) ?? [];
      expect(allowed.filter((grant) => !grantedBy(granted)(grant))).toEqual([]);
    }),
    runs(24),
  );
});
