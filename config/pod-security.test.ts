import { expect, it } from 'vitest';
import { restrictedViolations } from './pod-security.ts';

const container = {
  name: 'c',
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};
const securityContext = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
const pod = { securityContext, containers: [container] };

it('finds nothing in a restricted pod', () => {
  expect(restrictedViolations(pod)).toEqual([]);
});

it.each([
  ['a host namespace', { ...pod, hostNetwork: true }],
  ['the volume type', { ...pod, volumes: [{ name: 'v', hostPath: { path: '/' } }] }],
  ['c: runAsNonRoot', { ...pod, securityContext: { ...securityContext, runAsNonRoot: false } }],
  ['c: runAsUser', { ...pod, securityContext: { ...securityContext, runAsUser: 0 } }],
  ['c: seccompProfile', { ...pod, securityContext: { runAsNonRoot: true } }],
  ['c: hostPort', { ...pod, containers: [{ ...container, ports: [{ hostPort: 80 }] }] }],
])('finds %s', (violation, broken) => {
  expect(restrictedViolations(broken)).toEqual([violation]);
});

it.each([
  ['c: privileged', { privileged: true }],
  ['c: allowPrivilegeEscalation', { allowPrivilegeEscalation: true }],
  ['c: capabilities', { capabilities: {} }],
  ['c: capabilities', { capabilities: { drop: ['ALL'], add: ['NET_RAW'] } }],
  ['c: runAsNonRoot', { runAsNonRoot: false }],
])('finds %s that a container sets', (violation, own) => {
  const broken = { ...container, securityContext: { ...container.securityContext, ...own } };
  expect(
    restrictedViolations({ securityContext, initContainers: [broken], containers: [container] }),
  ).toEqual([violation]);
});
