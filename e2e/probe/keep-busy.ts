import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Keeps one core busy until standard input ends. */
const SPIN = `
  process.stdin.resume().on('end', () => process.exit());
  (function spin() {
    const end = Date.now() + 50;
    while (Date.now() < end);
    setImmediate(spin);
  })();
`;

/** Keeps all cores busy; returns what ends that. */
export function keepAllCoresBusy(): () => void {
  const busy = Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['-e', SPIN], { stdio: ['pipe', 'ignore', 'inherit'] }),
  );
  return () => {
    for (const child of busy) child.stdin.end();
  };
}
