import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { auditWithTexts } from '../../testing/audit-results.ts';
import { saidBy } from '../../testing/command-streams.ts';
import { damaged } from '../../testing/damaged.ts';
import { runs } from '../../testing/property-runs.ts';
import { builtStatus, DRIFT, READ, reportThere, row } from '../../testing/report-builders.ts';
import { CommandError } from '../command-error.ts';
import { type ReportFlags, runReport } from '../report.ts';

const OUTPUTS: readonly ReportFlags['output'][] = [
  'table',
  'wide',
  'json',
  'sarif',
  'html',
  'markdown',
  'junit',
  'openreports',
];

/** Whether it is shown in every format, or refused in one line. */
async function isAnswered(value: object): Promise<void> {
  for (const output of OUTPUTS) {
    const flags = { file: '-', output, color: false, quiet: true };
    const shown = saidBy((streams) => runReport(flags, streams), JSON.stringify(value));
    const failure = await shown.then(
      ({ exitCode }) => {
        expect([0, 1, 2]).toContain(exitCode);
        return undefined;
      },
      (error: Error) => error,
    );
    if (!failure) continue;
    expect(failure).toBeInstanceOf(CommandError);
    expect(failure.message).not.toContain('\n');
  }
}

describe('what anybody made of it is shown in every format, or refused in one line:', () => {
  test('an audit', async () => {
    await fc.assert(fc.asyncProperty(damaged(auditWithTexts((what) => what)), isAnswered), runs(8));
  });

  test('the reports of a cluster', async () => {
    const status = builtStatus({ rows: [DRIFT, row()], evidence: READ });
    const items = [reportThere(status)];
    await fc.assert(fc.asyncProperty(damaged({ kind: 'List', items }), isAnswered), runs(8));
  });
});
