import { expect, test } from 'vitest';
import { connectionTable } from './connection-table.ts';

test('a line a port, a column a time', () => {
  const table = connectionTable({
    before: { 8080: 'open', 9090: 'open' },
    after: { 8080: 'open', 9090: 'timeout' },
  });
  expect(table).toBe(
    ['  port     before   after', '  8080     open     open', '  9090     open     timeout'].join(
      '\n',
    ),
  );
});
