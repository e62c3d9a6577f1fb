import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it, test } from 'vitest';
import { isLoopback, parseConnections, parseListeners } from './socket-table.ts';

/** Read from a pod of the samples, with a connection under way. */
const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2383 00000000:0000 0A 00000000:00000000 00:00000000 00000000 65532        0 101 1 0000000000000000 100 0 0 10 0
   1: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 102 2 ffff8a1c4e5d2300 100 0 0 10 0
   2: 0501F40A:1F90 0700F40A:9C40 01 00000000:00000000 02:000002A3 00000000 65532        0 103 2 0000000000000000 20 4 30 10 -1
`;
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:2382 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 65532        0 104 1 0000000000000000 100 0 0 10 0
   1: 00000000000000000000000001000000:1388 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 65532        0 105 1 0000000000000000 100 0 0 10 0
   2: B80D0120000000000000000042000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 65532        0 106 1 0000000000000000 100 0 0 10 0
   3: 0000000000000000FFFF00000100007F:1F91 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 65532        0 107 1 0000000000000000 100 0 0 10 0
`;

describe('the listeners of a socket table', () => {
  it('are its sockets in state 0A, of both families', () => {
    expect(parseListeners(TCP + TCP6)).toEqual([
      { address: '127.0.0.1', port: 9091, inode: 101 },
      { address: '0.0.0.0', port: 8080, inode: 102 },
      { address: '::', port: 9090, inode: 104 },
      { address: '::1', port: 5000, inode: 105 },
      { address: '2001:db8::42', port: 80, inode: 106 },
      { address: '127.0.0.1', port: 8081, inode: 107 },
    ]);
  });

  it('have connections, which name the other side', () => {
    expect(parseConnections(TCP + TCP6)).toEqual([{ port: 8080, peer: '10.244.0.7' }]);
  });

  it('are found whatever the address, port, uid and inode', () => {
    fc.assert(
      fc.property(fc.array(listener()), (listeners) => {
        const text = listeners.map((each, index) => lineOf(index, each, '0A')).join('\n');
        const expected = listeners.map(({ address, port, inode }) => ({ address, port, inode }));
        expect(parseListeners(text)).toEqual(expected);
      }),
    );
  });

  it('are none in another state', () => {
    const states = fc.integer({ min: 1, max: 12 }).filter((state) => state !== 10);
    fc.assert(
      fc.property(listener(), states, (each, state) => {
        const hex = state.toString(16).toUpperCase().padStart(2, '0');
        expect(parseListeners(lineOf(0, each, hex))).toEqual([]);
      }),
    );
  });

  it('are never invented from any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseListeners(text)).toEqual([]);
      }),
    );
  });
});

test.each([
  ['127.0.0.1', true],
  ['127.255.0.9', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['fe80::1', false],
  ['text', false],
])('%s is loopback: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});

interface Printed {
  bytes: readonly number[];
  address: string;
  port: number;
  inode: number;
  uid: number;
}

function listener(): fc.Arbitrary<Printed> {
  const byte = fc.integer({ min: 0, max: 255 });
  const bytes = fc.oneof(
    fc.array(byte, { minLength: 4, maxLength: 4 }),
    fc.array(byte, { minLength: 16, maxLength: 16 }),
    fc
      .array(byte, { minLength: 4, maxLength: 4 })
      .map((last) => [...Array<number>(10).fill(0), 255, 255, ...last]),
  );
  return fc
    .record({
      bytes,
      address: fc.constant(''),
      port: fc.integer({ min: 1, max: 65_535 }),
      inode: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      uid: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    })
    .map((each) => ({ ...each, address: ipaddr.process(textOf(each.bytes)).toString() }));
}

function textOf(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join('.');
  const words = Array.from(
    { length: 8 },
    (_, i) => (bytes[2 * i] ?? 0) * 256 + (bytes[2 * i + 1] ?? 0),
  );
  return words.map((word) => word.toString(16)).join(':');
}

/** As the kernel of a little-endian machine prints it. */
function lineOf(index: number, { bytes, port, inode, uid }: Printed, state: string): string {
  const view = new DataView(Uint8Array.from(bytes).buffer);
  const words = Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i, true));
  const address = words.map((word) => hex(word, 8)).join('');
  const remote = '0'.repeat(address.length);
  const slot = String(index).padStart(4);
  const ids = `${String(uid).padStart(5)} ${String(0).padStart(8)} ${inode}`;
  return `${slot}: ${address}:${hex(port, 4)} ${remote}:0000 ${state} 00000000:00000000 00:00000000 00000000 ${ids} 1 0000000000000000 100 0 0 10 0`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
