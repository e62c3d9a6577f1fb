import type { CheckResult } from '../check/check-result.ts';

/**
 * The result of a check as plain data, for JSON and YAML: every field is always there, `null` where nothing is known. Fields
 * may be added; none changes its meaning or goes within `v1alpha1`.
 */
export function checkDocument(result: CheckResult): object {
  const { verdict, why, after, paths, image, warnings } = result;
  return {
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'CheckResult',
    verdict,
    message: why,
    enforcedAfterMilliseconds: after ?? null,
    image,
    warnings,
    paths: paths.map((path) => ({
      fromNode: path.fromNode,
      toNode: path.toNode,
      verdict: path.verdict,
      enforcedAfterMilliseconds: path.after ?? null,
      message: path.why,
    })),
  };
}
