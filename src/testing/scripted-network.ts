import type { Connect } from '../probe/connection.ts';
import type { ConnectResult } from '../probe/outcome.ts';

/** How a connection ends: at once, as where connect(2) itself fails, or so many ms later, 1 or more. */
export interface Answer {
  result: ConnectResult;
  after: number | 'at once';
}

/** One call of connect(). */
export interface Started {
  ip: string;
  port: number;
  /** In ms of the monotonic clock. */
  at: number;
  /** Whether the caller has ended it, or hung it up, and when first. */
  endedAt: number | undefined;
  isHungUp: boolean;
}

/** Connections that are made to nobody, and end as a script says; by the timers of the test. */
export interface ScriptedNetwork {
  connect: Connect;
  /** All connections so far, in order. */
  started: Started[];
  /** How many of them were started in each turn of the event loop that started any. */
  turns: number[];
}

/** @param answerOf undefined = silence; `attempt` counts the connections to that port from 1 on */
export function scriptedNetwork(
  answerOf: (ip: string, port: number, attempt: number) => Answer | undefined,
): ScriptedNetwork {
  const started: Started[] = [];
  const turns: number[] = [];
  const attempts = new Map<string, number>();
  let inThisTurn = 0;
  const connect: Connect = ({ ip }, port, ended) => {
    if (inThisTurn++ === 0)
      process.nextTick(() => {
        turns.push(inThisTurn);
        inThisTurn = 0;
      });
    const own: Started = { ip, port, at: performance.now(), endedAt: undefined, isHungUp: false };
    started.push(own);
    const attempt = (attempts.get(`${ip} ${port}`) ?? 0) + 1;
    attempts.set(`${ip} ${port}`, attempt);
    const answer = answerOf(ip, port, attempt);
    const end = () => {
      if (own.endedAt === undefined && answer !== undefined) ended(answer.result);
    };
    if (answer?.after === 'at once') process.nextTick(end);
    // Put off twice, so that it comes after whatever else is due in the same millisecond.
    else if (answer !== undefined) setTimeout(() => setTimeout(end, 1), answer.after - 1);
    const finish = () => {
      own.endedAt ??= performance.now();
    };
    return {
      end: finish,
      hangUp: (closed) => {
        finish();
        own.isHungUp = true;
        process.nextTick(closed);
      },
    };
  };
  return { connect, started, turns };
}
