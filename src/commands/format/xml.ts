import { visible } from '../../domain/text/visible-text.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text that others wrote, for XML and HTML, between tags and in quoted attributes: what does not show is an escape. */
export function escaped(text: string): string {
  return visible(text)
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
    .replace(/[\ufffe\uffff]/g, '\ufffd');
}

/** The same, but that line feeds stay: of a text that is shown as it is written, such as YAML. */
export function escapedLines(text: string): string {
  return text.split('\n').map(escaped).join('\n');
}

/** The same of a sentence, in which what is between backticks is code. */
export function prose(text: string): string {
  return escaped(text).replace(/`([^`]*)`/g, '<code>$1</code>');
}

/** What a place of a page is called, and what refers to it. */
export function anchor(text: string): string {
  return escaped(encodeURIComponent(text.toWellFormed()));
}
