import type { CollectedPort } from '../domain/workload/template-use.ts';
import { annotatedPort } from './annotated-ports.ts';

type Fields = Readonly<Record<string, unknown>>;

const BETA = 'service.beta.kubernetes.io/';

/**
 * By a key for the port of health checks of a Service's load balancer, the keys of which one says whether it asks the pods or
 * their nodes: at AWS and Alibaba the class, a flag or the network decides where none of them is there. Other clouds ask nodes.
 */
const DECIDED_BY: Readonly<Record<string, readonly string[]>> = {
  [`${BETA}aws-load-balancer-healthcheck-port`]: [`${BETA}aws-load-balancer-nlb-target-type`],
  [`${BETA}alibaba-cloud-loadbalancer-health-check-connect-port`]: [`${BETA}backend-type`],
};

/** `nlb` is the word for load balancers of AWS's older controller, which ask nodes. */
const AWS_TYPE = `${BETA}aws-load-balancer-type`;

/** The ports that such annotations name, where nothing says whom the load balancer asks. */
export function healthAnnotations(annotations: Fields): CollectedPort[] {
  return Object.entries(DECIDED_BY).flatMap(([key, deciding]) => {
    const isTold =
      deciding.some((each) => annotations[each] !== undefined) || annotations[AWS_TYPE] === 'nlb';
    const port = isTold ? undefined : annotatedPort(annotations[key]);
    return port === undefined ? [] : [{ key, port }];
  });
}
