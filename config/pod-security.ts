/** As much of a pod's spec as the Pod Security Standards speak of. */
interface PodSpec {
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
  securityContext?: SecurityContext;
  volumes?: Record<string, unknown>[];
  containers: Container[];
  initContainers?: Container[];
}

interface Container {
  name: string;
  ports?: { hostPort?: number }[];
  securityContext?: SecurityContext;
}

interface SecurityContext {
  runAsNonRoot?: boolean;
  runAsUser?: number;
  seccompProfile?: { type: string };
  privileged?: boolean;
  allowPrivilegeEscalation?: boolean;
  capabilities?: { add?: string[]; drop?: string[] };
}

const volumeTypes = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

/**
 * What keeps a pod from the `restricted` profile, as the Pod Security Standards state it
 * (kubernetes.io/docs/concepts/security/pod-security-standards): the controls that an ordinary
 * manifest can break, so not SELinux, AppArmor, sysctls, procMount or Windows. Empty if nothing does.
 */
export function restrictedViolations(pod: PodSpec): string[] {
  const ofPod = violations([
    ['a host namespace', pod.hostNetwork === true || pod.hostPID === true || pod.hostIPC === true],
    ['the volume type', (pod.volumes ?? []).some((volume) => !isAllowedVolume(volume))],
  ]);
  const containers = [...pod.containers, ...(pod.initContainers ?? [])];
  return [
    ...ofPod,
    ...containers.flatMap((container) => ofContainer(container, pod.securityContext)),
  ];
}

function ofContainer(container: Container, pod: SecurityContext = {}): string[] {
  const own = container.securityContext ?? {};
  const { runAsNonRoot, runAsUser, seccompProfile } = { ...pod, ...own };
  const { add = [], drop = [] } = own.capabilities ?? {};
  return violations([
    ['runAsNonRoot', runAsNonRoot !== true],
    ['runAsUser', runAsUser === 0],
    ['seccompProfile', !['RuntimeDefault', 'Localhost'].includes(seccompProfile?.type ?? '')],
    ['privileged', own.privileged === true],
    ['allowPrivilegeEscalation', own.allowPrivilegeEscalation !== false],
    ['capabilities', !drop.includes('ALL') || add.some((name) => name !== 'NET_BIND_SERVICE')],
    ['hostPort', (container.ports ?? []).some(({ hostPort = 0 }) => hostPort !== 0)],
  ]).map((violation) => `${container.name}: ${violation}`);
}

function isAllowedVolume(volume: Record<string, unknown>): boolean {
  return Object.keys(volume).every((key) => key === 'name' || volumeTypes.has(key));
}

function violations(controls: [string, boolean][]): string[] {
  return controls.filter(([, isViolated]) => isViolated).map(([name]) => name);
}
