/** As in the engines of package.json. */
const MAJOR = 22;
const MINOR = 19;

/**
 * What is told where this version of Node is too old, in one line; undefined where it is not.
 * @param version as in `process.versions.node`
 */
export function tooOldInWords(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > MAJOR || (major === MAJOR && minor >= MINOR)) return undefined;
  return `portlock: needs Node ${MAJOR}.${MINOR} or later, and this is Node ${version}`;
}
