/**
 * Kinds by which somebody may connect to pods, and of which no object is read: what only their controllers can work out,
 * what hardly anybody has, or what may hold credentials, as plugins and middlewares of proxies. By the name of the
 * definition, `plural.group`.
 */
const UNREAD: Readonly<Record<string, string>> = {
  'agentendpoints.ngrok.k8s.ngrok.com': 'AgentEndpoint',
  'apidefinitions.tyk.tyk.io': 'ApiDefinition',
  'apisixglobalrules.apisix.apache.org': 'ApisixGlobalRule',
  'apisixpluginconfigs.apisix.apache.org': 'ApisixPluginConfig',
  'apisixroutes.apisix.apache.org': 'ApisixRoute',
  'apisixupstreams.apisix.apache.org': 'ApisixUpstream',
  'attachedconnectors.skupper.io': 'AttachedConnector',
  'authconfigs.enterprise.gloo.solo.io': 'AuthConfig',
  'authservices.getambassador.io': 'AuthService',
  'backendconfigs.cloud.google.com': 'BackendConfig',
  'backends.gateway.envoyproxy.io': 'Backend',
  'backends.gateway.kgateway.dev': 'Backend',
  'backendtrafficpolicies.gateway.envoyproxy.io': 'BackendTrafficPolicy',
  'ciliumclusterwideenvoyconfigs.cilium.io': 'CiliumClusterwideEnvoyConfig',
  'ciliumenvoyconfigs.cilium.io': 'CiliumEnvoyConfig',
  'ciliumlocalredirectpolicies.cilium.io': 'CiliumLocalRedirectPolicy',
  'clusterinterceptors.triggers.tekton.dev': 'ClusterInterceptor',
  'connectors.skupper.io': 'Connector',
  'domainmappings.serving.knative.dev': 'DomainMapping',
  'envoyextensionpolicies.gateway.envoyproxy.io': 'EnvoyExtensionPolicy',
  'envoyfilters.networking.istio.io': 'EnvoyFilter',
  'envoyproxies.gateway.envoyproxy.io': 'EnvoyProxy',
  'extensionconfigs.runtime.cluster.x-k8s.io': 'ExtensionConfig',
  'extensionservices.projectcontour.io': 'ExtensionService',
  'filters.getambassador.io': 'Filter',
  'functions.openfaas.com': 'Function',
  'gatewayextensions.gateway.kgateway.dev': 'GatewayExtension',
  'gcproutingextensions.networking.gke.io': 'GCPRoutingExtension',
  'gcptrafficextensions.networking.gke.io': 'GCPTrafficExtension',
  'healthcheckpolicies.alb.networking.azure.io': 'HealthCheckPolicy',
  'healthcheckpolicies.networking.gke.io': 'HealthCheckPolicy',
  'httpscaledobjects.http.keda.sh': 'HTTPScaledObject',
  'ingresses.networking.internal.knative.dev': 'Ingress',
  'ingresslinks.cis.f5.com': 'IngressLink',
  'interceptors.triggers.tekton.dev': 'Interceptor',
  'kongclusterplugins.configuration.konghq.com': 'KongClusterPlugin',
  'kongplugins.configuration.konghq.com': 'KongPlugin',
  'logservices.getambassador.io': 'LogService',
  'middlewares.traefik.containo.us': 'Middleware',
  'middlewares.traefik.io': 'Middleware',
  'multiclusterservices.networking.gke.io': 'MultiClusterService',
  'nginxproxies.gateway.nginx.org': 'NginxProxy',
  'pluginconfigs.apisix.apache.org': 'PluginConfig',
  'podmonitors.azmonitoring.coreos.com': 'PodMonitor',
  'podmonitors.monitoring.rhobs': 'PodMonitor',
  'policies.k8s.nginx.org': 'Policy',
  'probes.monitoring.coreos.com': 'Probe',
  'probes.monitoring.rhobs': 'Probe',
  'ratelimitservices.getambassador.io': 'RateLimitService',
  'requestauthentications.security.istio.io': 'RequestAuthentication',
  'routetables.gateway.solo.io': 'RouteTable',
  'scrapeconfigs.monitoring.coreos.com': 'ScrapeConfig',
  'scrapeconfigs.monitoring.rhobs': 'ScrapeConfig',
  'securitypolicies.gateway.envoyproxy.io': 'SecurityPolicy',
  'serviceentries.networking.istio.io': 'ServiceEntry',
  'serviceexports.application-networking.k8s.aws': 'ServiceExport',
  'serviceexports.multicluster.x-k8s.io': 'ServiceExport',
  'serviceexports.net.gke.io': 'ServiceExport',
  'servicemonitors.azmonitoring.coreos.com': 'ServiceMonitor',
  'servicemonitors.monitoring.rhobs': 'ServiceMonitor',
  'snippetsfilters.gateway.nginx.org': 'SnippetsFilter',
  'subscriptions.messaging.knative.dev': 'Subscription',
  'targetgroupbindings.elbv2.k8s.aws': 'TargetGroupBinding',
  'targetgroupconfigurations.gateway.k8s.aws': 'TargetGroupConfiguration',
  'targetgrouppolicies.application-networking.k8s.aws': 'TargetGroupPolicy',
  'tcps.ingress.v1.haproxy.org': 'TCP',
  'tcps.ingress.v3.haproxy.org': 'TCP',
  'tracingservices.getambassador.io': 'TracingService',
  'transportservers.cis.f5.com': 'TransportServer',
  'transportservers.k8s.nginx.org': 'TransportServer',
  'triggers.eventing.knative.dev': 'Trigger',
  'tunnelbindings.networking.cfargotunnel.com': 'TunnelBinding',
  'upstreams.gloo.solo.io': 'Upstream',
  'virtualnodes.appmesh.k8s.aws': 'VirtualNode',
  'virtualservers.cis.f5.com': 'VirtualServer',
  'virtualservers.k8s.nginx.org': 'VirtualServer',
  'virtualservices.gateway.solo.io': 'VirtualService',
  'vmprobes.operator.victoriametrics.com': 'VMProbe',
  'vmscrapeconfigs.operator.victoriametrics.com': 'VMScrapeConfig',
  'vmstaticscrapes.operator.victoriametrics.com': 'VMStaticScrape',
};

/** The names of their definitions. */
export const UNREAD_DEFINITIONS: readonly string[] = Object.keys(UNREAD);

/** Those of them that a cluster has, for example `ScrapeConfig (monitoring.coreos.com)`, sorted. */
export function unreadKinds(isDefined: (definition: string) => boolean): string[] {
  return Object.entries(UNREAD)
    .filter(([definition]) => isDefined(definition))
    .map(([definition, kind]) => `${kind} (${definition.slice(definition.indexOf('.') + 1)})`)
    .sort();
}

/** What is to be known where nothing was found: that some kinds were not looked at. In sentences, as a rule none. */
export function unreadNotes(unread: readonly string[]): string[] {
  if (unread.length === 0) return [];
  const more = unread.length > 6 ? ` and ${unread.length - 6} more` : '';
  return [
    `the cluster has kinds that may lead somebody to the pods and that are not read: ${unread.slice(0, 6).join(', ')}${more}`,
  ];
}
