import type { NetworkPolicy } from '../../api/kubernetes.ts';
import { renderedPolicy } from '../../domain/policy/policy.ts';
import { visible } from '../../domain/text/visible-text.ts';
import type { Difference } from '../diff/differences.ts';
import { fileName } from '../render/policy-files.ts';
import { manifestYaml } from './manifest-yaml.ts';
import { unifiedDiff } from './unified-diff.ts';

/**
 * Differences as `diff -u` has them: the policy among the manifests, written as render writes policies, and the one that
 * would be. A new one is under the name that render gives its file.
 */
export function diffUnified(differences: readonly Difference[]): string {
  return differences
    .map(({ found, before, after }) =>
      unifiedDiff(
        before?.manifest.file ?? fileName(found),
        policyText(before?.value),
        policyText(after),
      ),
    )
    .join('')
    .replaceAll(/[^\n]+/g, visible);
}

function policyText(policy: NetworkPolicy | undefined): string {
  if (policy === undefined) return '';
  const { apiVersion, kind, metadata, spec } = renderedPolicy(policy);
  const { name, namespace } = metadata;
  return manifestYaml({ apiVersion, kind, metadata: { name, namespace }, spec });
}
