import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Test files in the order of their names, but rights.e2e.test.ts last: it looks at what all others left in the audit log. */
export class RightsLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) =>
      moduleId.endsWith('/rights.e2e.test.ts') ? 1 : 0;
    return [...files].sort((a, b) => rank(a) - rank(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}
