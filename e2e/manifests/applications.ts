/** Where an application's manifests are, in its module. */
export type Source =
  /** A file, or a folder whose YAML files count at any depth. */
  | { manifests: string }
  | { kustomization: string }
  /** A Helm chart, rendered with its own values. */
  | { chart: string };

/** A public application whose manifests a Go module ships. */
export interface Application {
  name: string;
  module: string;
  version: string;
  /** Where objects go that name no namespace. */
  namespace: string;
  sources: readonly Source[];
}

const manifests = (...paths: string[]): Source[] => paths.map((path) => ({ manifests: path }));
const kustomizations = (...paths: string[]): Source[] =>
  paths.map((path) => ({ kustomization: path }));
const charts = (...paths: string[]): Source[] => paths.map((path) => ({ chart: path }));

const argoCd = { module: 'github.com/argoproj/argo-cd/v3', version: 'v3.1.0' };
const certManager = { module: 'github.com/cert-manager/cert-manager', version: 'v1.18.2' };
const cilium = { module: 'github.com/cilium/cilium', version: 'v1.15.19' };
const clusterApi = { module: 'sigs.k8s.io/cluster-api', version: 'v1.10.3' };
const contour = { module: 'github.com/projectcontour/contour', version: 'v1.32.0' };
const dapr = { module: 'github.com/dapr/dapr', version: 'v1.14.0' };
const flagger = { module: 'github.com/fluxcd/flagger', version: 'v1.36.1' };
const gatekeeper = { module: 'github.com/open-policy-agent/gatekeeper/v3', version: 'v3.23.1' };
const ingressNginx = {
  module: 'k8s.io/ingress-nginx',
  version: 'v0.0.0-20240708192948-52c50467d67d',
};
const istio = { module: 'istio.io/istio', version: 'v0.0.0-20260827124520-eed52ebb66ad' };
const keda = { module: 'github.com/kedacore/keda/v2', version: 'v2.17.2' };
const knative = { module: 'knative.dev/serving', version: 'v0.45.0' };
const kubernetes = { module: 'k8s.io/kubernetes', version: 'v1.34.4' };
const kyverno = { module: 'github.com/kyverno/kyverno', version: 'v1.14.4' };
const metalLb = { module: 'go.universe.tf/metallb', version: 'v0.15.2' };
const metricsServer = { module: 'sigs.k8s.io/metrics-server', version: 'v0.9.0' };
const podinfo = {
  module: 'github.com/stefanprodan/podinfo',
  version: 'v1.8.1-0.20250910200901-e86405a8674e',
};
const prometheusOperator = {
  module: 'github.com/prometheus-operator/prometheus-operator',
  version: 'v0.85.0',
};

/** Each of them as it would be installed, whole and with the settings that it comes with. */
export const APPLICATIONS: readonly Application[] = [
  {
    name: 'Argo CD',
    ...argoCd,
    namespace: 'argocd',
    sources: manifests('manifests/install.yaml'),
  },
  {
    name: 'cert-manager',
    ...certManager,
    namespace: 'cert-manager',
    sources: charts('deploy/charts/cert-manager'),
  },
  {
    name: 'Cilium',
    ...cilium,
    namespace: 'kube-system',
    sources: charts('install/kubernetes/cilium'),
  },
  {
    name: 'Cilium demos',
    ...cilium,
    namespace: 'default',
    sources: manifests(
      'examples/kubernetes-es/es-sw-app.yaml',
      'examples/kubernetes-grpc/cc-door-app.yaml',
      'examples/kubernetes-kafka/kafka-sw-app.yaml',
      'examples/kubernetes-memcached/memcd-sw-app.yaml',
      'examples/minikube/http-sw-app.yaml',
    ),
  },
  {
    name: 'Cilium connectivity check',
    ...cilium,
    namespace: 'cilium-test',
    sources: manifests('examples/kubernetes/connectivity-check/connectivity-check.yaml'),
  },
  {
    name: 'Cilium monitoring example',
    ...cilium,
    namespace: 'cilium-monitoring',
    sources: manifests('examples/kubernetes/addons/prometheus/monitoring-example.yaml'),
  },
  {
    name: 'Cluster API',
    ...clusterApi,
    namespace: 'capi-system',
    sources: kustomizations(
      'config/default',
      'bootstrap/kubeadm/config/default',
      'controlplane/kubeadm/config/default',
    ),
  },
  {
    name: 'Contour',
    ...contour,
    namespace: 'projectcontour',
    sources: manifests(
      'examples/render/contour.yaml',
      'examples/ratelimit',
      'examples/global-external-auth',
      'examples/tracing',
    ),
  },
  { name: 'Dapr', ...dapr, namespace: 'dapr-system', sources: charts('charts/dapr') },
  {
    name: 'Flagger',
    ...flagger,
    namespace: 'flagger-system',
    sources: kustomizations('kustomize/kubernetes', 'kustomize/tester', 'kustomize/podinfo'),
  },
  {
    name: 'Gatekeeper',
    ...gatekeeper,
    namespace: 'gatekeeper-system',
    sources: manifests('deploy/gatekeeper.yaml'),
  },
  {
    name: 'ingress-nginx',
    ...ingressNginx,
    namespace: 'ingress-nginx',
    sources: [
      ...manifests('deploy/static/provider/cloud/deploy.yaml'),
      ...kustomizations('deploy/prometheus', 'deploy/grafana'),
    ],
  },
  {
    name: 'Istio',
    ...istio,
    namespace: 'istio-system',
    sources: charts(
      'manifests/charts/base',
      'manifests/charts/istio-control/istio-discovery',
      'manifests/charts/gateway',
      'manifests/charts/istio-cni',
      'manifests/charts/ztunnel',
    ),
  },
  {
    name: 'Istio add-ons',
    ...istio,
    namespace: 'istio-system',
    sources: manifests(
      'samples/addons/grafana.yaml',
      'samples/addons/jaeger.yaml',
      'samples/addons/kiali.yaml',
      'samples/addons/loki.yaml',
      'samples/addons/prometheus.yaml',
      'samples/addons/extras/prometheus-operator.yaml',
    ),
  },
  {
    name: 'Istio add-on SkyWalking',
    ...istio,
    namespace: 'istio-system',
    sources: manifests('samples/addons/extras/skywalking.yaml'),
  },
  {
    name: 'Istio Bookinfo',
    ...istio,
    namespace: 'default',
    sources: manifests(
      'samples/bookinfo/platform/kube/bookinfo.yaml',
      'samples/bookinfo/platform/kube/bookinfo-ingress.yaml',
      'samples/bookinfo/platform/kube/bookinfo-db.yaml',
      'samples/bookinfo/platform/kube/bookinfo-mysql.yaml',
      'samples/bookinfo/gateway-api/bookinfo-gateway.yaml',
    ),
  },
  {
    name: 'Istio samples',
    ...istio,
    namespace: 'default',
    sources: manifests(
      'samples/extauthz/ext-authz.yaml',
      'samples/grpc-echo/grpc-echo.yaml',
      'samples/helloworld/helloworld.yaml',
      'samples/httpbin/httpbin.yaml',
      'samples/httpbin/sample-client/fortio-deploy.yaml',
      'samples/jwt-server/jwt-server.yaml',
      'samples/open-telemetry/otel.yaml',
      'samples/ratelimit/rate-limit-service.yaml',
      'samples/tcp-echo/tcp-echo-services.yaml',
      'samples/websockets/app.yaml',
    ),
  },
  {
    name: 'KEDA',
    ...keda,
    namespace: 'keda',
    sources: kustomizations('config/default'),
  },
  {
    name: 'Knative Serving',
    ...knative,
    namespace: 'knative-serving',
    sources: manifests('config/core', 'config/hpa-autoscaling', 'third_party/kourier-latest'),
  },
  {
    name: 'Kubernetes add-ons',
    ...kubernetes,
    namespace: 'kube-system',
    sources: manifests(
      'cluster/addons/cluster-loadbalancing',
      'cluster/addons/dns-horizontal-autoscaler',
      'cluster/addons/fluentd-gcp',
      'cluster/addons/kube-network-policies',
      'cluster/addons/metadata-agent',
      'cluster/addons/metrics-server',
      'cluster/addons/node-problem-detector',
      'cluster/addons/volumesnapshots',
    ),
  },
  {
    name: 'Kubernetes stateful examples',
    ...kubernetes,
    namespace: 'default',
    sources: manifests(
      'test/e2e/testing-manifests/statefulset/cassandra',
      'test/e2e/testing-manifests/statefulset/cockroachdb',
      'test/e2e/testing-manifests/statefulset/etcd',
      'test/e2e/testing-manifests/statefulset/mysql-galera',
      'test/e2e/testing-manifests/statefulset/zookeeper',
    ),
  },
  {
    name: 'Kyverno',
    ...kyverno,
    namespace: 'kyverno',
    sources: manifests('config/install-latest-testing.yaml'),
  },
  {
    name: 'MetalLB',
    ...metalLb,
    namespace: 'metallb-system',
    sources: manifests('config/manifests/metallb-frr-k8s-prometheus.yaml'),
  },
  {
    name: 'metrics-server',
    ...metricsServer,
    namespace: 'kube-system',
    sources: kustomizations('manifests/overlays/release'),
  },
  {
    name: 'podinfo',
    ...podinfo,
    namespace: 'webapp',
    sources: kustomizations('deploy/overlays/production'),
  },
  {
    name: 'Prometheus Operator',
    ...prometheusOperator,
    namespace: 'default',
    sources: manifests(
      'bundle.yaml',
      'example/admission-webhook',
      'example/user-guides/getting-started',
      'example/thanos',
    ),
  },
];
