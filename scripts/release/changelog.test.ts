import { describe, expect, test } from 'vitest';
import { notesOf, withRelease } from './changelog.ts';

const CHANGELOG = `# Changelog

All of it.

## Unreleased

### Added

- A flag.

## 0.1.0 (2026-01-02)

- Everything.
`;

describe('a release in the changelog', () => {
  test('takes what is unreleased, and leaves an empty place for what comes', () => {
    const text = withRelease(CHANGELOG, '0.2.0', '2026-03-04');
    expect(text).toContain('## Unreleased\n\n## 0.2.0 (2026-03-04)\n\n### Added\n\n- A flag.\n');
    expect(text).toContain('## 0.1.0 (2026-01-02)\n\n- Everything.\n');
    expect(notesOf(text, '0.2.0')).toBe('### Added\n\n- A flag.\n');
  });

  test('is not made twice', () => {
    expect(() => withRelease(CHANGELOG, '0.1.0', '2026-03-04')).toThrow(
      'CHANGELOG.md has 0.1.0 already',
    );
  });

  test('is not made of nothing', () => {
    const released = withRelease(CHANGELOG, '0.2.0', '2026-03-04');
    expect(() => withRelease(released, '0.3.0', '2026-03-05')).toThrow('nothing to release');
  });
});

describe('the notes of a version', () => {
  test('are what stands below its heading alone', () => {
    expect(notesOf(CHANGELOG, '0.1.0')).toBe('- Everything.\n');
  });

  test.each(['0.1', '0.1.00', '0.2.0', 'Changelog'])('of %s are not there', (version) => {
    expect(() => notesOf(CHANGELOG, version)).toThrow(`says nothing of ${version}`);
  });
});
