import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Test files in the order of their names, but rights.e2e.test.ts last: it looks at what all others left in the audit log.
 * Unit tests, which share nothing, as vitest orders them: what took longest the last time is first, and no core waits for it at the end.
 */
export class RightsLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isUnit = ({ project }: TestSpecification) => project.name === 'unit';
    const rank = ({ moduleId }: TestSpecification) =>
      moduleId.endsWith('/rights.e2e.test.ts') ? 1 : 0;
    const byName = files
      .filter((file) => !isUnit(file))
      .sort((a, b) => rank(a) - rank(b) || (a.moduleId < b.moduleId ? -1 : 1));
    return [...(await super.sort(files.filter(isUnit))), ...byName];
  }
}
