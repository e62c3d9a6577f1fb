import { describe, expect, test } from 'vitest';
import { anchor, escaped, escapedLines, prose } from './xml.ts';

describe('a text between tags and in attributes', () => {
  test.each<[what: string, text: string, written: string]>([
    ['an ampersand', 'a & b', 'a &amp; b'],
    ['an entity', '&lt;', '&amp;lt;'],
    ['a tag', '<b>', '&lt;b&gt;'],
    ['a double quote', 'a"b', 'a&quot;b'],
    ['a single quote', "a'b", 'a&#39;b'],
    ['several of one kind', '<<"">>', '&lt;&lt;&quot;&quot;&gt;&gt;'],
    ['a line feed', 'a\nb', 'a\\nb'],
    ['a tab', 'a\tb', 'a\\tb'],
    ['what a terminal acts on', '\u001b[2J', '\\x1b[2J'],
    ['what turns the writing around', 'a\u202eb', 'a\\u202eb'],
    ['half of a character', '\ud800', '\\ud800'],
    ['what XML 1.0 does not have', 'a\ufffeb\uffffc', 'a\ufffdb\ufffdc'],
    ['letters of any language', 'größer 網', 'größer 網'],
    ['nothing', '', ''],
  ])('%s', (_what, text, written) => {
    expect(escaped(text)).toBe(written);
  });
});

describe('a text of several lines', () => {
  test('keeps them, and each is escaped', () => {
    expect(escapedLines('a: "<b>"\n  c: &d\n')).toBe('a: &quot;&lt;b&gt;&quot;\n  c: &amp;d\n');
  });

  test('keeps no carriage return, which would begin a line of its own', () => {
    expect(escapedLines('a\r\nb')).toBe('a\\r\nb');
  });
});

describe('a sentence', () => {
  test.each<[text: string, written: string]>([
    ['Set `a: b` and `c`', 'Set <code>a: b</code> and <code>c</code>'],
    ['Set `<b>`', 'Set <code>&lt;b&gt;</code>'],
    ['a ` alone', 'a ` alone'],
    ['`a` and ` alone', '<code>a</code> and ` alone'],
    ['``', '<code></code>'],
    ['</code>', '&lt;/code&gt;'],
  ])('%s', (text, written) => {
    expect(prose(text)).toBe(written);
  });
});

describe('the name of a place', () => {
  test.each<[text: string, name: string]>([
    ['PL001', 'PL001'],
    ['a b', 'a%20b'],
    ['"><script>', '%22%3E%3Cscript%3E'],
    ["it's", 'it&#39;s'],
    ['a#b', 'a%23b'],
    ['\ud800', '%EF%BF%BD'],
    ['網', '%E7%B6%B2'],
  ])('of %j is %s', (text, name) => {
    expect(anchor(text)).toBe(name);
  });
});
