import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { CommandError } from '../command-error.ts';
import { type Build, type Buildable, BuildError } from './build-folder.ts';
import { decodeText, MAXIMUM_BYTES, tooLarge, UnreadableTextError } from './decode-text.ts';
import type { Input, Manifest, Problem } from './manifest.ts';
import { readObjects } from './read-objects.ts';

/** What stands for stdin among the paths. */
export const STDIN = '-';

const MANIFEST_FILE = /\.(?:ya?ml|json)$/i;
/** What makes a folder a chart or a kustomization: to read it as it is would miss what a tool makes of it. */
const CHART = 'Chart.yaml';
const KUSTOMIZATION = /^(?:kustomization\.ya?ml|Kustomization)$/;

/**
 * Reads files, folders and all below them, and stdin. What cannot be read is a problem, and the rest is read all the
 * same. Files of a folder are read by name, whatever order the file system has.
 *
 * @param build makes of charts and kustomizations what is read in their place; undefined where that is not wanted
 * @throws CommandError where a path is empty, which would be the folder that one is in
 */
export async function readInput(
  paths: readonly string[],
  stdin: AsyncIterable<Uint8Array>,
  build: Build | undefined,
): Promise<Input> {
  const read: Reading = { manifests: [], problems: [], notes: [], build };
  if (paths.includes(''))
    throw new CommandError('a path is empty: is it a variable of a script that is not set?');
  for (const each of paths) {
    if (each === STDIN) await readStdin(read, stdin);
    else await readPath(read, path.normalize(each));
  }
  return read;
}

interface Reading {
  manifests: Manifest[];
  problems: Problem[];
  notes: string[];
  build: Build | undefined;
}

async function readPath(read: Reading, name: string): Promise<void> {
  await reporting(read, name, async () => {
    const stats = statSync(name);
    if (stats.isDirectory()) await readFolder(read, name);
    else if (!isOfFolder(read, name)) readFile(read, name, stats.size);
  });
}

/** What makes a folder a chart or a kustomization is no manifest. Whoever names it means the folder. */
function isOfFolder(read: Reading, file: string): boolean {
  const [name, folder] = [path.basename(file), path.dirname(file)];
  if (name === CHART) {
    read.problems.push({
      file,
      message: `is no manifest, but of a chart: name its folder, ${folder}`,
    });
    return true;
  }
  if (!KUSTOMIZATION.test(name)) return false;
  read.notes.push(`${file} is no manifest, but of a kustomization: name its folder, ${folder}`);
  return true;
}

async function readFolder(read: Reading, folder: string): Promise<void> {
  const entries = readdirSync(folder, { withFileTypes: true });
  const what = buildableOf(entries);
  // What is said of it stands at the folder: the lines are those that the program prints.
  if (what && read.build) return take(read, folder, await read.build(folder, what));
  if (what === 'chart') {
    const message = `is a chart: render it first (helm template ${folder} | portlock … -), or use --build`;
    read.problems.push({ file: folder, message });
    return;
  }
  if (what === 'kustomization')
    read.notes.push(
      `${folder} is a kustomization, and its files are read as they are: for what it makes of them, kustomize build ${folder} | portlock … -, or --build`,
    );
  for (const entry of entries.filter(isOfInterest).sort((a, b) => (a.name < b.name ? -1 : 1)))
    await readPath(read, path.join(folder, entry.name));
}

function buildableOf(entries: readonly Dirent[]): Buildable | undefined {
  if (entries.some(({ name }) => name === CHART)) return 'chart';
  return entries.some(({ name }) => KUSTOMIZATION.test(name)) ? 'kustomization' : undefined;
}

/** Manifests, and folders. A link counts where it is to a file: those to folders may go round in circles. */
function isOfInterest(entry: Dirent): boolean {
  if (entry.isDirectory()) return !entry.name.startsWith('.');
  if (!MANIFEST_FILE.test(entry.name) || KUSTOMIZATION.test(entry.name)) return false;
  const file = path.join(entry.parentPath, entry.name);
  return entry.isSymbolicLink()
    ? statSync(file, { throwIfNoEntry: false })?.isFile() === true
    : entry.isFile();
}

function readFile(read: Reading, name: string, size: number): void {
  if (size > MAXIMUM_BYTES) throw tooLarge(size);
  take(read, name, readFileSync(name));
}

async function readStdin(read: Reading, stream: AsyncIterable<Uint8Array>): Promise<void> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size <= MAXIMUM_BYTES) chunks.push(chunk);
  }
  await reporting(read, STDIN, async () => {
    if (size > MAXIMUM_BYTES) throw tooLarge(size);
    take(read, STDIN, Buffer.concat(chunks));
  });
}

function take(read: Reading, file: string, bytes: Uint8Array): void {
  const { manifests, problems, notes } = readObjects(file, decodeText(bytes));
  // One by one: a call with all of them as arguments has an end.
  for (const each of manifests) read.manifests.push(each);
  for (const each of problems) read.problems.push(each);
  for (const each of notes) read.notes.push(each);
}

/** What the system says, in words that tell what to do about it, is a problem of the file. */
async function reporting(read: Reading, file: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const message = trouble(error);
    if (message === undefined) throw error;
    read.problems.push({ file, message });
  }
}

function trouble(error: unknown): string | undefined {
  if (error instanceof UnreadableTextError || error instanceof BuildError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case undefined:
      return undefined;
    case 'ENOENT':
      return 'there is no such file or folder';
    case 'EACCES':
    case 'EPERM':
      return 'you are not allowed to read it';
    default:
      return `cannot be read: ${message}`;
  }
}
