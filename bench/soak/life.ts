import { readdirSync, readFileSync } from 'node:fs';
import { median } from '../statistics.ts';

/** Seconds before an operator has what it needs: the compiler and the heap take that long to come to rest. */
const WARM = 45;
/** A life with fewer samples says nothing. */
const FEWEST = 40;

interface Sample {
  /** In seconds. */
  at: number;
  megabytes: number;
  files: number;
}

/** What an operator held while it lived, once it was warm. */
export interface Told {
  seconds: number;
  /** Megabytes in the first and in the last quarter, and how far single samples are apart. */
  before: number;
  after: number;
  spread: number;
  megabytesPerMinute: number;
  /** The fewest that were open in the first and in the last quarter: connections come and go. */
  files: { before: number; after: number };
  /** Whether it holds more at the end than samples differ anyway, or more files. */
  grows: boolean;
}

/** One operator, from its start to its end. */
export class Life {
  readonly #startedAt = performance.now();
  readonly #samples: Sample[] = [];

  /** Notes what a process holds now; it may just have ended. */
  sample(pid: number): void {
    const at = (performance.now() - this.#startedAt) / 1000;
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const megabytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
      const files = readdirSync(`/proc/${pid}/fd`).length;
      if (at > WARM) this.#samples.push({ at, megabytes, files });
    } catch {
      // It has.
    }
  }

  /** Undefined of a life that was too short to say anything. */
  get told(): Told | undefined {
    const samples = this.#samples;
    if (samples.length < FEWEST) return undefined;
    const quarter = Math.floor(samples.length / 4);
    const megabytes = samples.map((each) => each.megabytes);
    const sorted = megabytes.toSorted((a, b) => a - b);
    const spread = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0);
    const before = median(megabytes.slice(0, quarter));
    const after = median(megabytes.slice(-quarter));
    const all = samples.map((each) => each.files);
    const files = {
      before: Math.min(...all.slice(0, quarter)),
      after: Math.min(...all.slice(-quarter)),
    };
    return {
      seconds: Math.round((samples.at(-1)?.at ?? 0) - (samples[0]?.at ?? 0)),
      before,
      after,
      spread,
      megabytesPerMinute: slope(samples) * 60,
      files,
      grows: after - before > Math.max(10, before / 10) || files.after > files.before + 10,
    };
  }
}

/** Megabytes a second, by least squares. */
function slope(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
  const [at, megabytes] = [mean(samples.map((s) => s.at)), mean(samples.map((s) => s.megabytes))];
  const covariance = mean(samples.map((s) => (s.at - at) * (s.megabytes - megabytes)));
  return covariance / mean(samples.map((s) => (s.at - at) ** 2));
}
