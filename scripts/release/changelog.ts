const UNRELEASED = '## Unreleased\n';

/**
 * The changelog with what is unreleased under a heading of the version.
 *
 * @param date as 2026-11-26
 * @throws Error where nothing is unreleased, or the version is there already
 */
export function withRelease(changelog: string, version: string, date: string): string {
  if (section(changelog, version) !== undefined) {
    throw new Error(`CHANGELOG.md has ${version} already`);
  }
  if (!section(changelog, 'Unreleased')) {
    throw new Error('CHANGELOG.md has nothing under "## Unreleased": there is nothing to release');
  }
  return changelog.replace(UNRELEASED, `${UNRELEASED}\n## ${version} (${date})\n`);
}

/**
 * What the changelog says of a version.
 *
 * @throws Error where it says nothing
 */
export function notesOf(changelog: string, version: string): string {
  const notes = section(changelog, version);
  if (!notes) {
    throw new Error(
      `CHANGELOG.md says nothing of ${version}: run npm run release:prepare -- ${version}`,
    );
  }
  return `${notes}\n`;
}

/** The text below the heading, up to the next one; undefined where there is no such heading. */
function section(changelog: string, title: string): string | undefined {
  return changelog
    .split(/^## /m)
    .find((part) => /^\S+/.exec(part)?.[0] === title)
    ?.replace(/^.*\n/, '')
    .trim();
}
