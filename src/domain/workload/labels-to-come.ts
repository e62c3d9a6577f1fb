import { addedKeys, mayGet, type PodOwner } from './controller-labels.ts';

type Labels = Readonly<Record<string, string>>;

/** Stands for a value that nobody knows yet: no label may have it, so no selector asks for it. */
const UNKNOWN = '?';

/** Given to some pods alone, as to those of an Indexed Job. */
const NOT_TO_ALL = new Set(['batch.kubernetes.io/job-completion-index']);

/** Whoever writes policies chooses how many values they ask for, and each takes time as one more pod does. */
const MOST_ASKED_FOR = 64;

/** Of two labels that say the same, how one follows from the other. */
const TWINS: ReadonlyMap<string, (value: string, owner: PodOwner) => [key: string, value: string]> =
  new Map([
    [
      'statefulset.kubernetes.io/pod-name',
      (value, { name }) => ['apps.kubernetes.io/pod-index', value.slice(name.length + 1)],
    ],
    [
      'apps.kubernetes.io/pod-index',
      (value, { name }) => ['statefulset.kubernetes.io/pod-name', `${name}-${value}`],
    ],
    ['job-name', (value) => ['batch.kubernetes.io/job-name', value]],
    ['batch.kubernetes.io/job-name', (value) => ['job-name', value]],
    ['controller-uid', (value) => ['batch.kubernetes.io/controller-uid', value]],
    ['batch.kubernetes.io/controller-uid', (value) => ['controller-uid', value]],
  ]);

/**
 * The labels that controllers will put on pods of a workload: first with values of which nobody knows more, then with each
 * value that somebody asks for and that such a pod may get, as far as these are not too many.
 *
 * @param asked label keys and values
 */
export function labelsToCome(
  owner: PodOwner,
  asked: readonly (readonly [key: string, value: string])[],
): Labels[] {
  const unknown = Object.fromEntries(
    addedKeys(owner)
      .filter((key) => !NOT_TO_ALL.has(key))
      .map((key) => [key, isJobName(key) && owner.kind === 'Job' ? owner.name : UNKNOWN]),
  );
  const known = asked
    .filter(([key, value]) => unknown[key] !== value && mayGet(key, value, owner))
    .map(([key, value]): Labels => {
      const twin = TWINS.get(key)?.(value, owner);
      return Object.fromEntries([
        ...Object.entries(unknown),
        [key, value],
        ...(twin ? [twin] : []),
      ]);
    });
  const distinct = new Map(known.map((labels) => [JSON.stringify(labels), labels]));
  const inOrder = [...distinct].sort(([a], [b]) => (a < b ? -1 : 1));
  return [unknown, ...inOrder.slice(0, MOST_ASKED_FOR).map(([, labels]) => labels)];
}

function isJobName(key: string): boolean {
  return key === 'job-name' || key === 'batch.kubernetes.io/job-name';
}
