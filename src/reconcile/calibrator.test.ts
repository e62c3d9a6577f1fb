import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NetworkPolicy } from '../api/kubernetes.ts';
import { Prober } from '../probe/prober.ts';
import { createLog } from '../telemetry/log.ts';
import { pod, policy, snapshot } from '../testing/builders.ts';
import { Calibrator } from './calibrator.ts';

/** The other replica: at the first address the control port listens, and nothing on the canary port. */
const IPS = ['127.7.7.8', 'fd00:1::1'];
const CANARY = 1;

let server: Server;
let prober: Prober;
let stop: AbortController;
beforeEach(async () => {
  stop = new AbortController();
  server = createServer((socket) => socket.destroy()).listen(0, IPS[0]);
  await new Promise((resolve) => server.once('listening', resolve));
  prober = new Prober({ connectionsPerSecond: 0, maximumInFlight: 16, timeoutMilliseconds: 300 });
});
afterEach(async () => {
  stop.abort();
  await prober.close();
  server.close();
});

/** The first calibration that says something, under these policies besides the operator's own. */
async function calibrated(others: (controlPort: number) => NetworkPolicy[]) {
  const { port: controlPort } = server.address() as { port: number };
  const own = policy('portlock', { ingress: [{ ports: [{ port: controlPort }] }] });
  const { promise, resolve } = Promise.withResolvers<void>();
  const calibrator = new Calibrator({
    prober,
    canaryPort: CANARY,
    controlPort,
    identity: () => ({ ...snapshot().prober, ips: ['10.0.9.9', 'fd00::9'] }),
    siblings: () => [pod({ ips: IPS, readySince: 0 })],
    policies: () => [own, ...others(controlPort)],
    timing: { ...snapshot().timing, settle: 3 },
    now: Date.now,
    onChange: resolve,
    log: createLog('error'),
  });
  const running = calibrator.run(stop.signal);
  await promise;
  stop.abort();
  await running.catch(() => undefined);
  return calibrator.calibrations;
}

test('where a policy opens the canary port over one family, the other is measured', async () => {
  const open = { ingress: [{ from: [{ ipBlock: { cidr: '::/0' } }] }] };
  const [calibration] = await calibrated(() => [policy('v6', open)]);
  expect(calibration).toMatchObject({ state: 'Rejected' });
});

test('where policies open it over both, nothing is measured', async () => {
  const [calibration] = await calibrated(() => [policy('all', { ingress: [{}] })]);
  expect(calibration?.message).toMatch("The operator's own policy is not in force");
});
