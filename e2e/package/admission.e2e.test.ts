import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { deployment } from '../harness/deployment.ts';
import { kubectlOf } from '../harness/environment.ts';
import { eventually } from '../harness/eventually.ts';
import {
  OPERATOR_ACCOUNT,
  OPERATOR_DEPLOYMENT,
  OPERATOR_NAMESPACE,
} from '../harness/installation.ts';
import { applyFolder, removeOperator } from './no-operator.ts';

const kubectl = kubectlOf(inject('environment'));
const PLACE = 'admission';
const OWNER = 'owner@example.com';
const EXEMPT = 'platform@example.com';
const key = (name: string) => `portlock.dev/${name}`;

/** A dry run on the API server as that user; what kubectl says, warnings too, or why it is refused. */
async function as(user: string, object: object): Promise<string> {
  const args = ['apply', '--dry-run=server', '--namespace', PLACE, '--as', user, '--filename', '-'];
  // Warnings are on stderr: made errors, they are in what is thrown.
  return kubectl
    .run([...args, '--warnings-as-errors'], JSON.stringify(object))
    .catch((error) => String(error));
}

function web(annotations: Record<string, string>, mode?: string): object {
  return deployment('fresh', { annotations, ...(mode !== undefined && { mode }) });
}

/** A workload of another kind, made from the same pod template; of such owners. */
function ofKind(
  kind: string,
  annotations: Record<string, string>,
  owners: readonly object[] = [],
  template: Record<string, string> = {},
): object {
  const { spec } = deployment('fresh') as {
    spec: {
      selector: object;
      template: { metadata: { labels: Record<string, string> }; spec: object };
    };
  };
  const { selector } = spec;
  const { labels } = spec.template.metadata;
  // Whatever is set there: a label and annotations.
  const { [key('mode')]: mode, ...ofTemplate } = template;
  const metadata = {
    labels: { ...labels, ...(mode !== undefined && { [key('mode')]: mode }) },
    annotations: ofTemplate,
  };
  const made = { ...spec.template, metadata };
  const pods = { ...made, spec: { ...made.spec, restartPolicy: 'Never' } };
  const job = { template: pods };
  const specs: Record<string, object> = {
    ReplicaSet: { replicas: 0, selector, template: made },
    Job: job,
    CronJob: { schedule: '0 0 1 1 *', jobTemplate: { spec: job } },
  };
  const ownerReferences = owners.map((owner) => ({ name: 'owner', uid: 'uid-owner', ...owner }));
  return {
    apiVersion: kind === 'ReplicaSet' ? 'apps/v1' : 'batch/v1',
    kind,
    metadata: { name: 'fresh', annotations, ownerReferences },
    spec: specs[kind],
  };
}

/** The policies on the real API server, with two users who may edit, of whom one is exempt. */
describe('admission without a webhook', () => {
  beforeAll(async () => {
    await removeOperator(kubectl);
    for (const folder of ['config/default', 'config/admission']) await applyFolder(kubectl, folder);
    // It would lock what the tests make.
    await kubectl.run([
      'delete',
      'deployment',
      OPERATOR_DEPLOYMENT,
      '--namespace',
      OPERATOR_NAMESPACE,
    ]);
    await kubectl.run(['create', 'namespace', PLACE]);
    await kubectl.run(['label', 'namespace', PLACE, `${key('mode')}=enforce`]);
    const bind = (name: string, role: string, ...users: string[]) =>
      kubectl.run([
        'create',
        'rolebinding',
        name,
        `--clusterrole=${role}`,
        ...users.map((user) => `--user=${user}`),
        '--namespace',
        PLACE,
      ]);
    await bind('editors', 'edit', OWNER, EXEMPT);
    await bind('exempt', 'portlock-exempt', EXEMPT);
    // It takes the API server a moment to follow new policies.
    await eventually(
      'the policies are followed',
      () => as(OWNER, web({ [key('extra-ports')]: '9090/TCP' })),
      (said) => said.includes('exempt'),
    );
  });
  afterAll(async () => {
    await kubectl.run(['delete', 'namespace', PLACE]);
    await removeOperator(kubectl);
  });

  test('has no expression of a wrong type', async () => {
    for (const name of ['portlock-settings', 'portlock-exempt', 'portlock-operator']) {
      const policy = await eventually(
        `${name} was checked`,
        () => kubectl.get('validatingadmissionpolicy', name),
        ({ status }) => status?.typeChecking !== undefined,
      );
      expect(policy.status.typeChecking).toEqual({});
    }
  });

  test.each([
    ['an unknown mode', web({}, 'enforced'), 'must be audit, enforce or off'],
    ['a malformed annotation', web({ [key('closed-ports')]: '8080' }), 'must list ports such as'],
    ['an empty mode', web({}, ''), 'must be audit, enforce or off'],
    [
      'a day that is none',
      web({ [key('accept-cuts')]: '9090/TCP until=2027-02-29' }),
      'must list ports such as 9090/TCP until=',
    ],
    [
      'a range from high to low',
      web({ [key('extra-ports')]: '80/TCP,9100-9000/TCP' }),
      'must have the lower number of a range first',
    ],
    [
      'a range of one port',
      web({ [key('extra-ports')]: '9000-9000/TCP' }),
      'one port alone without a range, as in 9102/TCP',
    ],
    [
      'a port that is opened and closed',
      web({ [key('extra-ports')]: '80/UDP, 9000-9100/TCP', [key('closed-ports')]: '09050/TCP' }),
      'must not list a port that portlock.dev/extra-ports opens',
    ],
    [
      'two entries for a port',
      web({ [key('allow-from')]: 'any;9443/TCP=any; 09443/TCP = same-namespace' }),
      'must have one entry for a port',
    ],
    ['an unknown annotation', web({ [key('extra-port')]: '9090/TCP' }), 'and no other under'],
  ])('%s is warned about', async (_what, object, words) => {
    expect(await as(EXEMPT, object)).toContain(words);
  });

  const onTemplate = { [key('mode')]: 'enforce', [key('probe')]: 'off' };

  test.each(['ReplicaSet', 'CronJob'])(
    'what stands on the pod template of a %s is warned about',
    async (kind) => {
      const said = await as(EXEMPT, ofKind(kind, {}, [], onTemplate));
      expect(said).toContain('portlock reads no annotation of a pod template');
      expect(said).toContain('the label portlock.dev/mode on a pod template does nothing');
    },
  );

  test('an annotation on a Namespace is warned about', async () => {
    const annotate = ['annotate', 'namespace', PLACE, `${key('probe')}=off`];
    await expect(
      kubectl.run([...annotate, '--dry-run=server', '--warnings-as-errors']),
    ).rejects.toThrow('on a Namespace it reads the label portlock.dev/mode alone');
  });

  test.each([
    ['extra-ports', web({ [key('extra-ports')]: '9090/TCP' })],
    ['accept-cuts', web({ [key('accept-cuts')]: '9090/TCP until=2027-03-31 reason="x"' })],
    ['allow-from any', web({ [key('allow-from')]: 'any' })],
    ['mode off', web({}, 'off')],
  ])('%s is for who is exempt alone', async (_what, object) => {
    expect(await as(OWNER, object)).toMatch(/forbidden.*exempt/is);
    expect(await as(EXEMPT, object)).toContain('created');
  });

  test.each(['', 'enforced'])('the mode "%s" is no way around', async (mode) => {
    expect(await as(OWNER, web({}, mode))).toMatch(/forbidden.*exempt/is);
    expect(await as(EXEMPT, web({}, mode))).not.toContain('forbidden');
  });

  test.each([
    ['nothing', web({})],
    ['less', web({ [key('allow-from')]: 'same-namespace', [key('closed-ports')]: '8080/TCP' })],
    ['enforce', web({}, 'enforce')],
    ['ports of each kind', web({ [key('closed-ports')]: '8080/TCP,8081/UDP' })],
  ])('whoever may edit may ask for %s', async (_what, object) => {
    expect(await as(OWNER, object)).toContain('created');
  });

  const opening = { [key('extra-ports')]: '9090/TCP' };

  test.each(['Job', 'CronJob', 'ReplicaSet'])('a %s is no way around', async (kind) => {
    expect(await as(OWNER, ofKind(kind, opening))).toMatch(/forbidden.*exempt/is);
    expect(await as(EXEMPT, ofKind(kind, opening))).toContain('created');
  });

  test('what a controller copies to a ReplicaSet or a Job, and nobody reads there, is let be', async () => {
    const deploymentOf = { apiVersion: 'apps/v1', kind: 'Deployment', controller: true };
    const cronJobOf = { apiVersion: 'batch/v1', kind: 'CronJob' };
    expect(await as(OWNER, ofKind('ReplicaSet', opening, [deploymentOf]))).toContain('created');
    expect(await as(OWNER, ofKind('Job', opening, [cronJobOf]))).toContain('created');
    // Its controller is another, so that the operator reads what the Job says.
    const other = { apiVersion: 'example.com/v1', kind: 'Flow', controller: true };
    expect(await as(OWNER, ofKind('Job', opening, [cronJobOf, other]))).toContain('exempt');
  });

  test('what is there may stay, and may go', async () => {
    await kubectl.apply(web({ [key('extra-ports')]: '9090/TCP' }), '--namespace', PLACE);
    expect(await as(OWNER, web({ [key('extra-ports')]: '9090/TCP', note: 'x' }))).toContain(
      'configured',
    );
    expect(await as(OWNER, web({}))).toContain('configured');
    expect(await as(OWNER, web({ [key('extra-ports')]: '9090/TCP,9091/TCP' }))).toContain('exempt');
  });

  test('the account of the operator writes no policy without its label', async () => {
    const policy = (labels: object) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'web-portlock', labels },
      spec: { podSelector: {}, policyTypes: ['Ingress'] },
    });
    const create = (object: object) =>
      kubectl
        .run(
          [
            'create',
            '--dry-run=server',
            '--namespace',
            PLACE,
            '--as',
            OPERATOR_ACCOUNT,
            '--filename',
            '-',
          ],
          JSON.stringify(object),
        )
        .catch((error) => String(error));
    expect(await create(policy({ 'app.kubernetes.io/managed-by': 'portlock' }))).toContain(
      'created',
    );
    expect(await create(policy({}))).toContain('may make no NetworkPolicy without the label');
    await kubectl.apply(policy({}), '--namespace', PLACE);
    const deleted = kubectl.run([
      'delete',
      'networkpolicy',
      'web-portlock',
      '--namespace',
      PLACE,
      '--as',
      OPERATOR_ACCOUNT,
    ]);
    await expect(deleted).rejects.toThrow('may touch no NetworkPolicy without the label');
  });
});
