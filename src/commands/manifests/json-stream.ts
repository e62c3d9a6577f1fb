/**
 * JSON objects one after the other, as `jq` prints them and kubectl takes them, without a mark between.
 * @returns where each begins and ends; undefined where the text is anything else, or one object alone
 */
export function jsonObjectsIn(text: string): { start: number; end: number }[] | undefined {
  // In all else that is JSON, a comma stands there.
  if (!/^\s*\{/.test(text) || !/\}\s*\{/.test(text)) return undefined;
  const objects: { start: number; end: number }[] = [];
  for (let start = nextIn(text, 0); start < text.length; ) {
    const end = text[start] === '{' ? endOfObject(text, start) : start;
    if (!isJson(text.slice(start, end))) return undefined;
    objects.push({ start, end });
    start = nextIn(text, end);
  }
  return objects.length > 1 ? objects : undefined;
}

/** Where white space ends. */
function nextIn(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at += 1;
  return at;
}

/** Behind the brace that closes it; the end of the text where none does. */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  let isText = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (isText && character === '\\') at += 1;
    else if (character === '"') isText = !isText;
    else if (!isText && character === '{') depth += 1;
    else if (!isText && character === '}') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
