/**
 * `npm run test:mutants`: each fault of mutants.yaml is put into a copy of its file in memory, and the
 * test that the list names must fail; without any fault all of them must pass.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createVitest, type TestModule, type UserWorkspaceConfig } from 'vitest/node';
import { type ListedMutant, mutantName, readMutants } from './listed-mutants.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const UNCHANGED = 'unchanged';

const mutants = readMutants(
  readFileSync(path.join(import.meta.dirname, 'mutants.yaml'), 'utf8'),
  ROOT,
);
const tests = [...new Set(mutants.map(({ test }) => test))];
const vitest = await createVitest({
  root: ROOT,
  config: false,
  watch: false,
  maxWorkers: 3,
  // The failures are wanted; what matters is said below.
  reporters: [{}],
  projects: [
    project(UNCHANGED, tests, []),
    ...mutants.map((mutant) => project(mutantName(mutant), [mutant.test], [replacing(mutant)])),
  ],
});
await vitest.standalone();
const { testModules: modules } = await vitest.runTestSpecifications([
  ...tests.map((test) => specification(UNCHANGED, { test })),
  ...mutants.map((mutant) => specification(mutantName(mutant), mutant)),
]);
await vitest.close();

const wrong = [
  ...ofProject(UNCHANGED).flatMap((each) =>
    each.ok() ? [] : [`Fails without a fault: ${each.relativeModuleId}`],
  ),
  ...mutants.flatMap((mutant) => verdict(mutant, ofProject(mutantName(mutant)))),
];
for (const line of wrong) console.error(line);
console.log(
  `${mutants.length} faults, ${wrong.length} of them or their tests not as they should be`,
);
process.exitCode = wrong.length > 0 ? 1 : 0;

function specification(name: string, { test, only }: Pick<ListedMutant, 'test' | 'only'>) {
  const options = only === undefined ? {} : { testNamePattern: new RegExp(RegExp.escape(only)) };
  return vitest.getProjectByName(name).createSpecification(path.join(ROOT, test), options);
}

function project(
  name: string,
  include: string[],
  plugins: ReturnType<typeof replacing>[],
): UserWorkspaceConfig {
  return {
    plugins,
    test: {
      name,
      include,
      testTimeout: 60_000,
      fsModuleCache: false,
      pool: 'threads',
      deps: { interopDefault: false },
    },
  };
}

/** A plugin of vite's that reads the file with the fault in it. */
function replacing({ file, text, becomes }: ListedMutant) {
  const id = path.join(ROOT, file);
  return {
    name: 'mutant',
    enforce: 'pre' as const,
    transform: (code: string, from: string) =>
      from === id ? { code: code.replace(text, () => becomes), map: null } : undefined,
  };
}

function ofProject(name: string): TestModule[] {
  return modules.filter((each) => each.project.name === name);
}

/** Only a test that fails counts: a file that does not load is a slip of the list. */
function verdict(mutant: ListedMutant, [module]: TestModule[]): string[] {
  const name = mutantName(mutant);
  if (!module) return [`Was not run: ${name}`];
  if (module.errors().length > 0) return [`Does not load: ${name}: ${module.errors()[0]?.message}`];
  return module.ok() ? [`Lives, for ${mutant.test} passes: ${name}`] : [];
}
