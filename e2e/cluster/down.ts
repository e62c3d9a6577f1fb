import { parseDownArguments } from './arguments.ts';
import { clusterDown } from './cluster.ts';
import { runCommandLine } from './command-line.ts';

await runCommandLine(async (args) => {
  parseDownArguments(args);
  await clusterDown();
});
