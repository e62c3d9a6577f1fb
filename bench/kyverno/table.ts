import type { Measured } from '../scale/measure.ts';
import { median } from '../statistics.ts';

/** Whether it came to that, and after how many milliseconds where that was measured. */
export interface Seen {
  readonly answer: 'yes' | 'no';
  readonly milliseconds?: number;
}

/** What one contestant was seen to do. */
export interface Observation {
  readonly question: string;
  readonly contestant: string;
  readonly seen: Seen;
}

/** The questions in their first order, a column for each contestant, as Markdown. */
export function behavioursTable(observations: readonly Observation[]): string {
  const contestants = distinct(observations.map(({ contestant }) => contestant));
  const rows = distinct(observations.map(({ question }) => question)).map((question) => [
    question,
    ...contestants.map((contestant) => {
      const found = observations.find(
        (each) => each.question === question && each.contestant === contestant,
      );
      return found === undefined ? '' : textOf(found.seen);
    }),
  ]);
  return markdown(['', ...contestants], rows);
}

/** Medians of the rounds of each contestant, as Markdown. */
export function figuresTable(measured: readonly Measured[]): string {
  const contestants = distinct(measured.map(({ contestant }) => contestant));
  const row = (what: string, ofOne: (middle: (key: keyof Measured) => number) => string) => [
    what,
    ...contestants.map((contestant) => {
      const rounds = measured.filter((each) => each.contestant === contestant);
      return ofOne((key) => median(rounds.map((each) => Number(each[key]))));
    }),
  ];
  return markdown(
    ['', ...contestants],
    [
      row(
        'label to policy, p50 / p99',
        (middle) => `${middle('p50').toFixed(1)} / ${middle('p99').toFixed(1)} ms`,
      ),
      row('labelled singly, without a policy after 30 s', (middle) => `${middle('lost')}`),
      row('policies a second, all at once', (middle) => middle('policiesPerSecond').toFixed(0)),
      row('of these, without a policy when no more came', (middle) => `${middle('missing')}`),
      row('programs that ended by themselves', (middle) => `${middle('restarts')}`),
      row('processor time of that', (middle) => `${middle('processorSeconds').toFixed(1)} s`),
      row('resident', (middle) => `${(middle('resident') / 1e6).toFixed(0)} MB`),
    ],
  );
}

function textOf({ answer, milliseconds }: Seen): string {
  return milliseconds === undefined ? answer : `${answer}, ${milliseconds.toFixed(0)} ms`;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}

function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return [header, header.map(() => '---'), ...rows].map(line).join('');
}
