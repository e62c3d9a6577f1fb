import type { Document } from 'yaml';

/** A document as text; lines stay as long as they are. */
export function printed(document: Document): string {
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
