#!/usr/bin/env node
import { tooOldInWords } from './needed-node.ts';

// The entry of the bundle: it loads the program only where this Node can run it.
const trouble = tooOldInWords(process.versions.node);
if (trouble === undefined) void import('./cli.ts');
else {
  console.error(trouble);
  process.exitCode = 2;
}
