import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { application } from './harness/application.ts';
import { ClientPod } from './harness/client-pod.ts';
import { Namespace } from './harness/deployment.ts';
import { kubectlOf } from './harness/environment.ts';
import { eventually } from './harness/eventually.ts';

const kubectl = kubectlOf(inject('environment'));
const PORTS = [8080, 9090, 9443];
/** Where the pods are, and where three other clients are. */
const PLACES = ['portlock-letting', 'portlock-let-a', 'portlock-let-b', 'portlock-let-c'] as const;
const [OWN, A, B, C] = PLACES;

/** Who is let in to which port, entry by entry. */
describe('a list of allow-from', () => {
  let namespaces: Namespace[] = [];
  let clients: ClientPod[] = [];
  let address = '';
  beforeAll(async () => {
    namespaces = await Promise.all(PLACES.map((name) => Namespace.create(kubectl, name)));
    clients = await Promise.all(namespaces.map((namespace) => ClientPod.create(namespace)));
    const declares = PORTS.map((containerPort) => ({ containerPort }));
    await own().apply(application('web', { listens: PORTS, declares }));
    await own().run('rollout', 'status', 'deployment/web', '--timeout=180s');
    const { items } = await own().get('pods', '--selector=app=web');
    address = items[0].status.podIP;
  });
  afterAll(() => Promise.all(namespaces.map((namespace) => namespace.remove())));

  const own = () => namespaces[0] as Namespace;

  /** The ports that open to a client of each place. */
  async function openTo(): Promise<Record<string, number[]>> {
    const seen = await Promise.all(
      clients.map(async (client, index) => {
        const outcomes = await client.connect(address, PORTS);
        return [PLACES[index], PORTS.filter((port) => outcomes[port] === 'open')] as const;
      }),
    );
    return Object.fromEntries(seen);
  }

  const lists: [string, Record<(typeof PLACES)[number], number[]>][] = [
    [`namespace/${A}`, { [OWN]: [], [A]: PORTS, [B]: [], [C]: [] }],
    [
      `same-namespace,namespace/${A};9443/TCP=any;9090/TCP=namespace/${B}`,
      { [OWN]: [8080, 9443], [A]: [8080, 9443], [B]: [9090, 9443], [C]: [9443] },
    ],
    [
      `same-namespace;9090/TCP=namespace/${A},namespace/${B}`,
      { [OWN]: [8080, 9443], [A]: [9090], [B]: [9090], [C]: [] },
    ],
    ['any', { [OWN]: PORTS, [A]: PORTS, [B]: PORTS, [C]: PORTS }],
  ];

  test.each(lists)('of %s lets in whom it names, and nobody else', async (list, expected) => {
    await own().run(...['label', '--overwrite', 'deployment', 'web', 'portlock.dev/mode=enforce']);
    await own().run(
      ...['annotate', '--overwrite', 'deployment', 'web', `portlock.dev/allow-from=${list}`],
    );
    await eventually('the clients to be told apart', openTo, (seen) => {
      return JSON.stringify(seen) === JSON.stringify(expected);
    });
  });

  test('with a bad entry changes nothing', async () => {
    const [list, expected] = lists[1] as (typeof lists)[number];
    const annotate = (value: string) =>
      own().run('annotate', '--overwrite', 'deployment', 'web', `portlock.dev/allow-from=${value}`);
    await annotate(list);
    await eventually(
      'the list',
      openTo,
      (seen) => JSON.stringify(seen) === JSON.stringify(expected),
    );
    const before = await own().get('networkpolicy', 'web-portlock');
    await annotate('same-namespace;9090/TCP=everybody');
    await own().report('web', ({ status }) =>
      status.conditions.some(
        ({ type, status: is }: { type: string; status: string }) =>
          type === 'Stalled' && is === 'True',
      ),
    );
    const after = await own().get('networkpolicy', 'web-portlock');
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    expect(await openTo()).toEqual(expected);
  });
});
