import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sharingWith } from './shared-parts.ts';

test('equal parts are shared, however deep, and others are not', () => {
  const model = {
    labels: { app: 'web' },
    use: { scrape: {}, handlers: [{ port: 1 }] },
    ips: ['a'],
  };
  const value = {
    labels: { app: 'web' },
    use: { scrape: {}, handlers: [{ port: 2 }] },
    ips: ['b'],
  };
  const shared = sharingWith(value, model);
  expect(shared.labels).toBe(model.labels);
  expect(shared.use.scrape).toBe(model.use.scrape);
  expect(shared).toEqual({
    labels: { app: 'web' },
    use: { scrape: {}, handlers: [{ port: 2 }] },
    ips: ['b'],
  });
});

test('a value stays as it is, whatever it is to share with, and so does that', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (value, model) => {
      const [before, other] = [JSON.stringify(value), JSON.stringify(model)];
      expect(sharingWith(JSON.parse(before), model)).toEqual(JSON.parse(before));
      expect(JSON.stringify(model)).toBe(other);
    }),
  );
});
