import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { SCRIPT } from './script.ts';

/** As much of a page as the script asks for: two articles, of which each is in a section of its own. */
function page() {
  const listeners = new Map<string, (event: object) => void>();
  const count = { textContent: '' };
  const form = {
    hidden: true,
    search: { value: '' },
    severity: { value: '' },
    querySelector: () => count,
    addEventListener: (type: string, listener: (event: object) => void) =>
      listeners.set(type, listener),
  };
  const article = (className: string, textContent: string, id: string, drawnAt?: string) => ({
    className,
    textContent,
    hidden: false,
    closest: () => ({ id }),
    querySelector: (what: string) =>
      what === 'use' && drawnAt ? { getAttribute: () => `#${drawnAt}` } : null,
  });
  const articles = [
    article('high', 'Deployment web PL019', 'ns-shop'),
    // Its picture is drawn elsewhere, for others as well.
    article('ok', 'Job report', 'ns-bank', 'p0'),
  ];
  const sections = articles.map((each) => ({
    hidden: false,
    querySelector: () => (each.hidden ? null : each),
  }));
  const document = {
    querySelector: () => form,
    querySelectorAll: (what: string) => (what === 'article' ? articles : sections),
    getElementById: (id: string) => ({ textContent: id === 'p0' ? '7001/TCP' : '' }),
    addEventListener: () => {},
  };
  runInNewContext(SCRIPT, { document, navigator: {} });
  return {
    form,
    articles,
    sections,
    count,
    fire: (type: string, event = {}) => listeners.get(type)?.(event),
  };
}

test.each<[search: string, severity: string, shown: boolean[]]>([
  ['', '', [true, true]],
  ['WEB', '', [true, false]],
  ['  deployment   pl019 ', '', [true, false]],
  ['web report', '', [false, false]],
  ['bank', '', [false, true]],
  ['ns-', '', [false, false]],
  ['7001/tcp', '', [false, true]],
  ['', 'high', [true, false]],
  ['', 'note', [true, false]],
  ['report', 'high', [false, false]],
])('a search for "%s" of severity "%s" shows %j', (search, severity, shown) => {
  const { form, articles, sections, count, fire } = page();
  form.search.value = search;
  form.severity.value = severity;
  fire('input');
  expect(articles.map(({ hidden }) => !hidden)).toEqual(shown);
  expect(sections.map(({ hidden }) => !hidden)).toEqual(shown);
  expect(count.textContent).toBe(`${shown.filter(Boolean).length} of 2 shown`);
});

test('the search is there where scripts run, and sends nothing', () => {
  const { form, fire } = page();
  expect(form.hidden).toBe(false);
  let isStopped = false;
  fire('submit', { preventDefault: () => (isStopped = true) });
  expect(isStopped).toBe(true);
});
