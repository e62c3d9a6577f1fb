import { entriesOf, fieldsOf, textOf } from './wire-fields.ts';

/** "status.loadBalancer … ingress is a list containing ingress points for the load-balancer", by ip or hostname (core/v1 Service, networking/v1 Ingress) */
export function addressesOf(status: unknown): string[] {
  return entriesOf(fieldsOf(fieldsOf(status).loadBalancer).ingress)
    .map(fieldsOf)
    .flatMap(({ ip, hostname }) => [textOf(ip), textOf(hostname)])
    .filter((address) => address !== '');
}
