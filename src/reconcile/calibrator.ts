import type { NetworkPolicy } from '../api/kubernetes.ts';
import { type Prober as ProberIdentity, proberPeer } from '../domain/evaluate/expectation.ts';
import { ingressDecision, sourceOver, type Target } from '../domain/evaluate/network-policy.ts';
import { familyOf } from '../domain/match/ip-family.ts';
import {
  type Calibration,
  type CalibrationProgress,
  type CanaryReading,
  calibrate,
  isCalibrated,
  NOT_YET,
  uncalibrated,
} from '../domain/probing/calibration.ts';
import { EQUAL_READINGS } from '../domain/probing/evidence.ts';
import type { Timing } from '../domain/probing/timing.ts';
import { canonicalJson } from '../domain/text/canonical.ts';
import type { Pod } from '../domain/workload/workload.ts';
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
  onChange: () => void;
  log: Log;
}

/** Between two looks while nothing is conclusive, in ms at most, and at least: whatever settles at once is no reason to spin. */
const MAXIMUM_PACE = 5000;
const MINIMUM_PACE = 100;
/** A calibration counts for so many intervals after it was last read: replicas come and go. */
const FRESH_INTERVALS = 2;

/**
 * Finds out what a denied connection looks like from here: connects to a port of the other replicas that
 * listens and that no policy allows, and to one that is allowed. Every node with another replica has a
 * calibration of its own.
 */
export class Calibrator {
  readonly #options: CalibratorOptions;
  /** By the other replica's node. */
  readonly #progress = new Map<string, CalibrationProgress>();
  /** Why nothing was measured last time. */
  #trouble = NOT_YET;

  constructor(options: CalibratorOptions) {
    this.#options = options;
  }

  /** What is known of connections from this node, at least one entry. */
  get calibrations(): readonly Calibration[] {
    const { timing, now } = this.#options;
    const fresh = [...this.#progress.values()].filter(
      ({ readAt }) => now() - readAt < FRESH_INTERVALS * timing.interval,
    );
    // A replica that was there for a moment, as in a rollout, leaves nothing that is known.
    const known = fresh
      .map(({ calibration }) => calibration)
      .filter(({ state }) => state !== 'Unknown');
    return known.length > 0 ? known : [uncalibrated(this.#trouble)];
  }

  /** Measures again and again, soon while nothing is conclusive, else once an interval. */
  async run(signal: AbortSignal): Promise<void> {
    const { timing, log, onChange } = this.#options;
    const pace = Math.min(Math.max(timing.settle / EQUAL_READINGS, MINIMUM_PACE), MAXIMUM_PACE);
    while (!signal.aborted) {
      const before = canonicalJson(this.calibrations);
      let isConclusive = false;
      try {
        isConclusive = await this.#measure(signal);
      } catch (error) {
        if (signal.aborted) return;
        log.warn('The calibration failed', { error: describeError(error) });
      }
      const { calibrations } = this;
      if (canonicalJson(calibrations) !== before) {
        for (const { state, message, between } of calibrations)
          log.info('Calibrated the network', { state, why: message, ...between });
        onChange();
      }
      await delay(isConclusive ? timing.interval : pace, signal);
    }
  }

  /** @returns whether no repetition is needed soon */
  async #measure(signal: AbortSignal): Promise<boolean> {
    const { identity, siblings, now } = this.#options;
    const closed = siblings().filter((pod) => this.#closedAddresses(pod).length > 0);
    // Where somebody is asked, what was said before stands until there is an answer.
    if (closed.length === 0)
      this.#trouble =
        siblings().length === 0
          ? 'It takes a second ready replica of the operator to measure what a denied connection looks like'
          : "The operator's own policy is not in force, so nothing between its replicas is denied";
    const byNode = Map.groupBy(closed, ({ node }) => node);
    const { node: fromNode } = identity();
    for (const [toNode, pods] of byNode) {
      const readings = await this.#readings(pods, signal);
      const before = this.#progress.get(toNode);
      const progress = calibrate(before, readings, { fromNode, toNode }, now());
      this.#progress.set(toNode, progress);
      // Where nothing is known, the latest reading says why.
      if (progress.calibration.state === 'Unknown') this.#trouble = progress.calibration.message;
    }
    return (
      byNode.size > 0 &&
      [...byNode.keys()].every((node) => {
        const progress = this.#progress.get(node);
        return progress !== undefined && isCalibrated(progress);
      })
    );
  }

  /** One of every address at which the pods are closed. */
  #readings(pods: readonly Pod[], signal: AbortSignal): Promise<CanaryReading[]> {
    const { prober, canaryPort, controlPort, timing, now } = this.#options;
    const ports = [canaryPort, controlPort];
    const asked = pods.flatMap((pod) => this.#closedAddresses(pod).map((ip) => ({ pod, ip })));
    return Promise.all(
      asked.map(async ({ pod, ip }) => {
        const reading = await prober.probe({ ip, ports, priority: 'check' }, signal);
        const young = now() - Math.max(pod.readySince, this.#newestPolicy()) < timing.settle;
        const outcome = (port: number) => reading.ports.get(port) ?? 'error';
        return { canary: outcome(canaryPort), control: outcome(controlPort), young };
      }),
    );
  }

  /** The addresses at which the policies deny the canary port and allow the other: of one IP family, or of both. */
  #closedAddresses(pod: Pod): readonly string[] {
    const { identity, policies, canaryPort, controlPort } = this.#options;
    const target: Target = pod;
    const peer = proberPeer(identity());
    return pod.ips.filter((ip) => {
      const source = sourceOver(peer, familyOf(ip));
      const decided = (port: number) =>
        ingressDecision(policies(), target, source, port, 'TCP').allowed;
      return decided(canaryPort) === false && decided(controlPort) === true;
    });
  }

  #newestPolicy(): number {
    const created = this.#options
      .policies()
      .map(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '') || 0);
    return Math.max(0, ...created);
  }
}
