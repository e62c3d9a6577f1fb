import type { NetworkPolicy } from '../api/kubernetes.ts';
import {
  type Calibration,
  type CalibrationProgress,
  type CanaryReading,
  calibrate,
  isCalibrated,
  uncalibrated,
} from '../domain/calibration.ts';
import { ingressDecision, type Target } from '../domain/evaluate.ts';
import { EQUAL_READINGS } from '../domain/evidence.ts';
import type { Prober as ProberIdentity, Timing } from '../domain/snapshot.ts';
import { proberPeer } from '../domain/targets.ts';
import type { Pod } from '../domain/workload.ts';
import { delay } from '../kube/deadline.ts';
import type { Prober } from '../probe/prober.ts';
import { describeError, type Log } from '../telemetry/log.ts';

export interface CalibratorOptions {
  prober: Prober;
  /** Listens on every replica, and no policy allows it. */
  canaryPort: number;
  /** Listens on every replica, and is declared. */
  controlPort: number;
  identity: () => ProberIdentity;
  /** The other replicas that are ready. */
  siblings: () => readonly Pod[];
  /** The policies of the operator's own namespace. */
  policies: () => readonly NetworkPolicy[];
  timing: Timing;
  now: () => number;
  onChange: (calibration: Calibration) => void;
  log: Log;
}

/** Between two looks while nothing is conclusive, in ms at most. */
const MAXIMUM_PACE = 5000;

/**
 * Finds out what a denied connection looks like here: the leader connects to a port of the other
 * replicas that listens and that no policy allows, and to one that is allowed.
 */
export class Calibrator {
  readonly #options: CalibratorOptions;
  #progress: CalibrationProgress = uncalibrated(
    'What a denied connection looks like on this network has not been measured yet',
  );

  constructor(options: CalibratorOptions) {
    this.#options = options;
  }

  get calibration(): Calibration {
    return this.#progress.calibration;
  }

  /** Measures again and again, soon while nothing is conclusive, else once an interval. */
  async run(signal: AbortSignal): Promise<void> {
    const { timing, log, onChange } = this.#options;
    const pace = Math.min(timing.settle / EQUAL_READINGS, MAXIMUM_PACE);
    while (!signal.aborted) {
      const before = this.#progress.calibration;
      try {
        this.#progress = await this.#measure(signal);
      } catch (error) {
        if (signal.aborted) return;
        log.warn('The calibration failed', { error: describeError(error) });
      }
      const { calibration } = this.#progress;
      if (calibration.state !== before.state || calibration.message !== before.message) {
        log.info('Calibrated the network', { state: calibration.state, why: calibration.message });
        onChange(calibration);
      }
      await delay(isCalibrated(this.#progress) ? timing.interval : pace, signal);
    }
  }

  async #measure(signal: AbortSignal): Promise<CalibrationProgress> {
    const { prober, canaryPort, controlPort, timing, now } = this.#options;
    const siblings = this.#options.siblings();
    if (siblings.length === 0)
      return uncalibrated(
        'It takes a second ready replica of the operator to measure what a denied connection looks like',
      );
    const closed = siblings.filter((pod) => this.#isClosed(pod));
    if (closed.length === 0)
      return uncalibrated(
        "The operator's own policy is not in force, so nothing between its replicas is denied",
      );
    const ports = [canaryPort, controlPort];
    const readings = await Promise.all(
      closed
        .flatMap((pod) => pod.ips.map((ip) => ({ pod, ip })))
        .map(async ({ pod, ip }): Promise<CanaryReading> => {
          const reading = await prober.probe({ ip, ports, priority: 'check' }, signal);
          const young = now() - Math.max(pod.readySince, this.#newestPolicy()) < timing.settle;
          const outcome = (port: number) => reading.ports.get(port) ?? 'error';
          return { canary: outcome(canaryPort), control: outcome(controlPort), young };
        }),
    );
    return calibrate(this.#progress, readings);
  }

  /** Whether the policies deny the canary port and allow the other. */
  #isClosed(pod: Pod): boolean {
    const { identity, policies, canaryPort, controlPort } = this.#options;
    const target: Target = pod;
    const peer = proberPeer(identity());
    const allows = (port: number) => ingressDecision(policies(), target, peer, port, 'TCP').allowed;
    return !allows(canaryPort) && allows(controlPort);
  }

  #newestPolicy(): number {
    const created = this.#options
      .policies()
      .map(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '') || 0);
    return Math.max(0, ...created);
  }
}
