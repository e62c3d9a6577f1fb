import type { ApiCall, Verb } from './api-call.ts';

/**
 * When a fault happens: before the call reaches the API server; when that has done it, before the answer; when the client
 * has the answer; at an event of a watch.
 */
export type Phase = 'before' | 'after' | 'answered' | 'event';

export type Fault =
  /** An answer in place of the API server's. */
  | { do: 'status'; code: number; reason: string; headers?: Record<string, string> }
  | { do: 'delay'; milliseconds: number }
  /** Nothing more comes, and the connection stays. */
  | { do: 'hang' }
  /** The connection breaks: after the call was done, its answer is lost. */
  | { do: 'reset' }
  /** So many bytes of the answer, or of the event's line, come before the connection breaks. */
  | { do: 'truncate'; bytes: number }
  /** The watch ends in good order, without the event. */
  | { do: 'end' }
  | { do: 'drop' }
  | { do: 'duplicate' }
  /** A line of its own comes before the event. */
  | { do: 'inject'; line: string }
  /** Anything else, as to kill the operator; what is returned is waited for. */
  | { do: 'call'; call: () => unknown };

export interface FaultRule {
  phase: Phase;
  fault: Fault;
  verb?: Verb | readonly Verb[];
  /** As kubectl names it. */
  resource?: string;
  /** That of the path. */
  namespace?: string;
  /** `namespace/name` of the object, or of that of the event. */
  key?: string;
  /** Which of the calls or events that fit, from 1; all where not given. */
  nth?: number | ((nth: number) => boolean);
}

/** Rules, with how often each fitted. */
export class FaultRules {
  readonly #rules = new Map<FaultRule, number>();

  /** @returns what takes the rule away again */
  add(rule: FaultRule): () => void {
    this.#rules.set(rule, 0);
    return () => this.#rules.delete(rule);
  }

  /** The faults that are due now, in the order in which their rules were added. */
  due(phase: Phase, call: ApiCall, key: string | undefined = call.key): Fault[] {
    const due: Fault[] = [];
    for (const [rule, before] of this.#rules) {
      if (rule.phase !== phase || !fits(rule, call, key)) continue;
      this.#rules.set(rule, before + 1);
      if (isTurn(rule, before + 1)) due.push(rule.fault);
    }
    return due;
  }
}

function fits(rule: FaultRule, call: ApiCall, of: string | undefined): boolean {
  const { verb, resource, namespace, key } = rule;
  if (verb !== undefined && ![verb].flat().includes(call.verb)) return false;
  if (resource !== undefined && resource !== call.resource) return false;
  if (namespace !== undefined && namespace !== call.namespace) return false;
  return key === undefined || key === of;
}

function isTurn({ nth }: FaultRule, count: number): boolean {
  return typeof nth === 'function' ? nth(count) : (nth ?? count) === count;
}
