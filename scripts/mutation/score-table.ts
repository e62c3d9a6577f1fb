/** What a mutation run showed, in one table. */

/** The part that is read of a report in the mutation testing report schema. */
export interface MutationReport {
  files: Readonly<Record<string, { mutants: readonly ReportedMutant[] }>>;
}

export interface ReportedMutant {
  status: string;
  location: { start: { line: number }; end: { line: number } };
}

/** The folder or file that a row is about, and the lines that count there as `file:line`; all where undefined. */
export interface Room {
  path: string;
  lines: readonly string[] | undefined;
}

/**
 * One row a room: mutants, killed (a test failed or ran out of time), how many of these ran out of time, which on a busy
 * machine proves little, survived, reached by no test, the share of
 * the killed in per cent, and of a sample what it may be of all, with 95 % confidence. Mutants that could not be tried are
 * not counted.
 */
export function scoreTable(report: MutationReport, rooms: readonly Room[]): string {
  const rows = rooms.map((room) => {
    const statuses = statusesIn(report, room);
    const count = (...wanted: string[]) =>
      statuses.filter((status) => wanted.includes(status)).length;
    const [killed, survived, uncovered] = [
      count('Killed', 'Timeout'),
      count('Survived'),
      count('NoCoverage'),
    ];
    const mutants = killed + survived + uncovered;
    const score = mutants === 0 ? '-' : `${((100 * killed) / mutants).toFixed(0)} %`;
    const between = room.lines === undefined || mutants === 0 ? '-' : interval(killed, mutants);
    const late = count('Timeout');
    return [room.path, mutants, killed, late, survived, uncovered, score, between].map(String);
  });
  const header = [
    'room',
    'mutants',
    'killed',
    'of these late',
    'survived',
    'no coverage',
    'score',
    '95 %',
  ];
  return aligned([header, ...rows]);
}

/** Wilson's score interval, which holds for shares near one, too. */
function interval(killed: number, mutants: number): string {
  const z = 1.96;
  const share = killed / mutants;
  const scale = 1 + z ** 2 / mutants;
  const middle = (share + z ** 2 / (2 * mutants)) / scale;
  const half =
    (z / scale) * Math.sqrt((share * (1 - share)) / mutants + z ** 2 / (4 * mutants ** 2));
  return [middle - half, middle + half]
    .map((bound) => Math.max(0, 100 * bound).toFixed(0))
    .join('-');
}

function statusesIn({ files }: MutationReport, { path, lines }: Room): string[] {
  return Object.entries(files).flatMap(([file, { mutants }]) => {
    if (file !== path && !file.startsWith(`${path}/`)) return [];
    return mutants.flatMap(({ status, location: { start, end } }) => {
      const isDrawn = start.line === end.line && lines?.includes(`${file}:${start.line}`);
      return lines === undefined || isDrawn ? [status] : [];
    });
  });
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map(([first = '', ...numbers]) =>
      [
        first.padEnd(widths[0] ?? 0),
        ...numbers.map((cell, index) => cell.padStart(widths[index + 1] ?? 0)),
      ].join('  '),
    )
    .join('\n');
}
