import { Document, Scalar, visit } from 'yaml';
import { visible, visibleJson } from '../../domain/text/visible-text.ts';

/**
 * A result for programs, which also ends up on terminals: what a terminal acts on is written as an escape of the
 * format. So nothing is lost, whoever reads it, and it does not depend on where it goes.
 */

/** Indented JSON. */
export function jsonText(value: object): string {
  return `${visibleJson(JSON.stringify(value, undefined, 2))}\n`;
}

/** YAML; texts that need escapes are in double quotes, which alone have them. */
export function yamlText(value: object): string {
  const document = new Document(value);
  visit(document, {
    Scalar: (_key, node) => {
      const isUnsafe = typeof node.value === 'string' && visible(node.value) !== node.value;
      if (isUnsafe) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  // A line that is folded may be so in the middle of a character, of which two halves are none.
  return visibleJson(document.toString({ lineWidth: 0 }));
}
