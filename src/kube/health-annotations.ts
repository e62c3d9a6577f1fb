import type { CollectedPort } from '../domain/workload/template-use.ts';
import { annotatedPort } from './annotated-ports.ts';
import { textOf } from './wire-fields.ts';

type Fields = Readonly<Record<string, unknown>>;

const HEALTH_PORT = /health[-_]?(?:check|probe).*port$/i;
const AWS = /^service\.beta\.kubernetes\.io\/aws-load-balancer-/;
const AWS_TARGET_TYPE = 'service.beta.kubernetes.io/aws-load-balancer-nlb-target-type';

/** Far more than anybody needs. */
const MOST = 16;

/**
 * The ports that annotations of a Service name for health checks of its load balancer. Whether that asks the pods or their
 * nodes, most do not say: at AWS alone "instance" is a word for nodes, and without it flags and classes decide.
 */
export function healthAnnotations(annotations: Fields): CollectedPort[] {
  const isToNodes = textOf(annotations[AWS_TARGET_TYPE]) === 'instance';
  return Object.keys(annotations)
    .filter((key) => HEALTH_PORT.test(key) && !(isToNodes && AWS.test(key)))
    .flatMap((key) => {
      const port = annotatedPort(annotations[key]);
      return port === undefined ? [] : [{ key, port }];
    })
    .slice(0, MOST);
}
