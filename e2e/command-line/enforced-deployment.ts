/** A Deployment `shop/web` in enforce mode that declares 8080, as a file has it. */
export const ENFORCED_DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {portlock.dev/mode: enforce}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: web, ports: [{containerPort: 8080}]}]}
`;
