import { allOf, anyOf, type Match, matchOf, not } from '../../match/match.ts';

/** The labels that a selector is asked about. */
export interface CalicoLabels {
  labels: Readonly<Record<string, string>>;
  /** Whether Calico may give this label to the endpoint without its being among the labels. */
  isHidden: (label: string) => boolean;
}

class UnreadableSelector extends Error {}

/** Deeper than anybody writes, and no danger to the stack. */
const DEEPEST = 50;

/**
 * Whether a selector expression of Calico matches, such as `app == "web" && !has(canary)`: "all() or
 * the empty selector -> matches all endpoints" (projectcalico.org/v3). Unknown where it can't be read
 * or asks for a label that is hidden. Never throws.
 */
export function calicoSelectorMatch(selector: string, labels: CalicoLabels): Match {
  try {
    const tokens = tokenize(selector);
    return tokens.length === 0 ? 'Yes' : new Expression(tokens, labels).match();
  } catch (error) {
    if (error instanceof UnreadableSelector) return 'Unknown';
    throw error;
  }
}

/** Words as they are, symbols as they are, text with its opening quote as a double one. */
function tokenize(selector: string): string[] {
  const token = /[ \t]*(?:(==|!=|&&|\|\||[(){},!]|[\w./-]+)|"([^"]*)"|'([^']*)')/y;
  const text = selector.trimEnd();
  const tokens: string[] = [];
  while (token.lastIndex < text.length) {
    const found = token.exec(text);
    if (!found) throw new UnreadableSelector();
    tokens.push(found[1] ?? `"${found[2] ?? found[3] ?? ''}`);
  }
  return tokens;
}

/** Reads the tokens from left to right and answers as it goes. `||` binds least, then `&&`, then `!`. */
class Expression {
  readonly #tokens: readonly string[];
  readonly #labels: CalicoLabels;
  #next = 0;

  constructor(tokens: readonly string[], labels: CalicoLabels) {
    this.#tokens = tokens;
    this.#labels = labels;
  }

  match(): Match {
    const match = this.#anyOf(0);
    if (this.#next < this.#tokens.length) throw new UnreadableSelector();
    return match;
  }

  #anyOf(depth: number): Match {
    if (depth > DEEPEST) throw new UnreadableSelector();
    const terms = [this.#allOf(depth)];
    while (this.#skipped('||')) terms.push(this.#allOf(depth));
    return anyOf(terms);
  }

  #allOf(depth: number): Match {
    const terms = [this.#operation(depth)];
    while (this.#skipped('&&')) terms.push(this.#operation(depth));
    return allOf(terms);
  }

  #operation(depth: number): Match {
    let negated = false;
    while (this.#skipped('!')) negated = !negated;
    const match = this.#skipped('(') ? this.#parenthesized(depth) : this.#condition();
    return negated ? not(match) : match;
  }

  #parenthesized(depth: number): Match {
    const match = this.#anyOf(depth + 1);
    this.#take(')');
    return match;
  }

  #condition(): Match {
    const word = this.#word();
    if (this.#skipped('(')) return this.#call(word);
    const operator = this.#take();
    switch (operator) {
      case '==':
        return this.#compare(word, [this.#text()], (value, text) => value === text);
      // "not equal; also matches if label is not present"
      case '!=':
        return not(this.#compare(word, [this.#text()], (value, text) => value === text));
      case 'contains':
        return this.#compare(word, [this.#text()], (value, text) => value.includes(text));
      case 'starts':
        this.#take('with');
        return this.#compare(word, [this.#text()], (value, text) => value.startsWith(text));
      case 'ends':
        this.#take('with');
        return this.#compare(word, [this.#text()], (value, text) => value.endsWith(text));
      case 'in':
        return this.#compare(word, this.#set(), (value, text) => value === text);
      case 'not':
        this.#take('in');
        return not(this.#compare(word, this.#set(), (value, text) => value === text));
      default:
        throw new UnreadableSelector();
    }
  }

  /** What follows the parenthesis of all(), has(label) and whatever else there may be. */
  #call(word: string): Match {
    if (word === 'all') {
      this.#take(')');
      return 'Yes';
    }
    if (word !== 'has') throw new UnreadableSelector();
    const label = this.#word();
    this.#take(')');
    return this.#compare(label, [''], () => true);
  }

  /** Whether the label is there and its value compares with any of the texts. */
  #compare(
    label: string,
    texts: readonly string[],
    compares: (value: string, text: string) => boolean,
  ): Match {
    const { labels, isHidden } = this.#labels;
    if (!Object.hasOwn(labels, label)) return isHidden(label) ? 'Unknown' : 'No';
    const value = labels[label] ?? '';
    return matchOf(texts.some((text) => compares(value, text)));
  }

  #set(): string[] {
    this.#take('{');
    const texts: string[] = [];
    while (!this.#skipped('}')) {
      texts.push(this.#text());
      if (!this.#skipped(',')) {
        this.#take('}');
        break;
      }
    }
    return texts;
  }

  #word(): string {
    const token = this.#take();
    if (!/^[\w./-]/.test(token)) throw new UnreadableSelector();
    return token;
  }

  #text(): string {
    const token = this.#take();
    if (!token.startsWith('"')) throw new UnreadableSelector();
    return token.slice(1);
  }

  #skipped(token: string): boolean {
    if (this.#tokens[this.#next] !== token) return false;
    this.#next += 1;
    return true;
  }

  #take(expected?: string): string {
    const token = this.#tokens[this.#next++];
    if (token === undefined || (expected && token !== expected)) throw new UnreadableSelector();
    return token;
  }
}
