const INTEGER = /^(0|[1-9]\d*)$/;

/**
 * Orders two resourceVersions of the same resource: negative, zero or positive; undefined where one
 * of them is not an integer and nothing can be said. They are integers of any size (KEP-5504), so
 * they are never compared as JavaScript numbers. Length counts first and then digit
 * by digit, as CompareResourceVersion in k8s.io/apimachinery does.
 */
export function compareResourceVersions(a: string, b: string): number | undefined {
  if (!INTEGER.test(a) || !INTEGER.test(b)) return undefined;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
