import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { MODE_LABEL, PROBER_POD_LABELS } from '../src/api/names.ts';
import { type Resource, resourceName } from '../src/kube/resource.ts';
import {
  EVENTS,
  NAMESPACES,
  REPORTS,
  SUBJECT_ACCESS_REVIEWS,
  TOKEN_REVIEWS,
} from '../src/kube/resources.ts';
import { everyCache } from '../src/reconcile/kinds/kind-caches.ts';
import { emptyCaches } from '../src/testing/reconcile-context.ts';
import { restrictedViolations } from './pod-security.ts';
import { unboundedFields } from './schema-bounds.ts';

const root = join(import.meta.dirname, '..');

// biome-ignore lint/suspicious/noExplicitAny: manifests of many kinds; expectations check the shape
type Manifest = any;

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(folder, name))
    .sort();
}

function read(file: string): Manifest[] {
  return parseAllDocuments(readFileSync(join(root, file), 'utf8'), { uniqueKeys: true }).map(
    (document) => {
      expect(document.errors, file).toEqual([]);
      return document.toJS();
    },
  );
}

// config/gitops is for other programs, and no part of an installation.
const ofConfig = filesBelow('config').filter((file) => !file.startsWith('config/gitops/'));
const files = [...ofConfig, ...filesBelow('crds')];
const kustomizations = files.filter((file) => file.endsWith('/kustomization.yaml'));
/** What only some installations have. */
const isOptional = (file: string) =>
  /^config\/(samples|overlays|rbac-namespaced|metrics|admission)\//.test(file);
const manifests = files
  .filter((file) => !kustomizations.includes(file))
  .filter((file) => !isOptional(file) || file.startsWith('config/samples/'))
  .flatMap(read);

function the(kind: string, name: string): Manifest {
  const found = manifests.filter((object) => object.kind === kind && object.metadata.name === name);
  expect(found, `${kind} ${name}`).toHaveLength(1);
  return found[0];
}

/** What a role grants, as `verb plural.group`, sorted; what is granted twice is there twice. */
function granted({ rules }: Manifest): string[] {
  return rules
    .flatMap(({ apiGroups, resources, verbs, ...rest }: Manifest) => {
      expect(rest, 'no names of objects, no other URLs').toEqual({});
      return apiGroups.flatMap((group: string) =>
        resources.flatMap((resource: string) =>
          verbs.map(
            (verb: string) => `${verb} ${group === '' ? resource : `${resource}.${group}`}`,
          ),
        ),
      );
    })
    .sort();
}

/** Every file and folder that the kustomization in the folder brings in, the folder itself too. */
function included(folder: string): string[] {
  const { resources } = read(join(folder, 'kustomization.yaml'))[0];
  return resources.flatMap((resource: string) => {
    const path = join(folder, resource);
    return path.endsWith('.yaml') ? [path] : included(path);
  });
}

describe('kustomizations', () => {
  it.each(kustomizations)('%s names only what exists', (file) => {
    for (const resource of read(file)[0].resources) {
      const path = join(root, dirname(file), resource);
      expect(
        existsSync(path.endsWith('.yaml') ? path : join(path, 'kustomization.yaml')),
        resource,
      ).toBe(true);
    }
  });

  it('config/default is the whole installation', () => {
    const installed = files.filter((file) => !kustomizations.includes(file) && !isOptional(file));
    expect(included('config/default').sort()).toEqual(installed);
  });
});

describe('permissions', () => {
  const kinds = everyCache(emptyCaches()).map(({ kind }) => kind);
  const grantedOn = (resource: Resource, verbs: readonly string[]) =>
    verbs.map((verb) => `${verb} ${resourceName(resource)}`);

  it('in the whole cluster are those of the watched kinds, and what is only written', () => {
    const watched = kinds
      .filter(({ followed }) => followed !== 'inOwnNamespace')
      .flatMap(({ resource, verbs }) => grantedOn(resource, verbs));
    const status = { ...REPORTS, plural: `${REPORTS.plural}/status` };
    expect(granted(the('ClusterRole', 'portlock-operator'))).toEqual(
      [
        ...watched,
        ...grantedOn(status, ['patch']),
        ...grantedOn(EVENTS, ['create', 'patch']),
      ].sort(),
    );
  });

  it('in a namespace that is watched alone are those of the kinds that live in one', () => {
    const [role] = read('config/rbac-namespaced/operator-role.yaml');
    const watched = kinds
      .filter(({ followed, resource }) => followed !== 'inOwnNamespace' && resource.namespaced)
      .flatMap(({ resource, verbs }) => grantedOn(resource, verbs));
    const status = { ...REPORTS, plural: `${REPORTS.plural}/status` };
    expect(granted(role)).toEqual(
      [
        ...watched,
        ...grantedOn(NAMESPACES, ['get']),
        ...grantedOn(status, ['patch']),
        ...grantedOn(EVENTS, ['create', 'patch']),
      ].sort(),
    );
  });

  it('in the own namespace are those of the kinds that are watched there alone', () => {
    const watched = kinds
      .filter(({ followed }) => followed === 'inOwnNamespace')
      .flatMap(({ resource, verbs }) => grantedOn(resource, verbs));
    expect(granted(the('Role', 'portlock-leader-election'))).toEqual(watched.sort());
  });

  it('to ask who may read metrics are apart from the others, and none is bound for reading them', () => {
    expect(granted(the('ClusterRole', 'portlock-metrics-auth'))).toEqual([
      `create ${resourceName(SUBJECT_ACCESS_REVIEWS)}`,
      `create ${resourceName(TOKEN_REVIEWS)}`,
    ]);
    expect(the('ClusterRole', 'portlock-metrics-reader').rules).toEqual([
      { nonResourceURLs: ['/metrics'], verbs: ['get'] },
    ]);
  });

  it('are for reading, but for what portlock itself makes', () => {
    const changed = kinds
      .filter(({ verbs }) => verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)))
      .map(({ resource }) => resourceName(resource));
    expect(changed).toEqual([
      'networkpolicies.networking.k8s.io',
      'portexposurereports.portlock.dev',
      'leases.coordination.k8s.io',
    ]);
  });

  it('are bound to the service account of the pods, and nothing else is', () => {
    const bindings = manifests.filter(({ kind }) => /^(Cluster)?RoleBinding$/.test(kind));
    const subject = {
      kind: 'ServiceAccount',
      name: the('Deployment', 'portlock-controller-manager').spec.template.spec.serviceAccountName,
      namespace: 'portlock-system',
    };
    expect(the('ServiceAccount', subject.name).metadata.namespace).toBe(subject.namespace);
    expect(bindings.map(({ roleRef, subjects }) => [roleRef.kind, roleRef.name, subjects])).toEqual(
      [
        ['Role', 'portlock-leader-election', [subject]],
        ['ClusterRole', 'portlock-metrics-auth', [subject]],
        ['ClusterRole', 'portlock-operator', [subject]],
      ],
    );
  });

  it('let viewers read reports and nobody edit them', () => {
    const roles = manifests.filter(({ kind }) => kind === 'ClusterRole');
    const viewer = the('ClusterRole', 'portlock-portexposurereport-viewer');
    expect(viewer.metadata.labels['rbac.authorization.k8s.io/aggregate-to-view']).toBe('true');
    expect(viewer.rules).toEqual([
      {
        apiGroups: ['portlock.dev'],
        resources: ['portexposurereports'],
        verbs: ['get', 'list', 'watch'],
      },
    ]);
    expect(roles).toHaveLength(4);
  });
});

describe('the manager', () => {
  const { metadata, spec } = the('Deployment', 'portlock-controller-manager');
  const [container] = spec.template.spec.containers;

  it('has the labels by which policies let the prober in, and selects by no others', () => {
    expect(spec.template.metadata.labels).toMatchObject(PROBER_POD_LABELS);
    expect(spec.selector).toEqual({ matchLabels: PROBER_POD_LABELS });
    expect(the('PodDisruptionBudget', metadata.name).spec.selector).toEqual(spec.selector);
    expect(spec.template.spec.topologySpreadConstraints[0].labelSelector).toEqual(spec.selector);
  });

  it('locks itself, and declares every port it listens on but the canary', () => {
    expect(metadata.labels[MODE_LABEL]).toBe('enforce');
    const listens: string[] = container.args.flatMap((arg: string) => arg.match(/\d+$/) ?? []);
    expect(container.args).toContain('--canary-port=9447');
    const declared = container.ports.map(({ containerPort }: Manifest) => String(containerPort));
    expect(declared.sort()).toEqual(listens.filter((port) => port !== '9447').sort());
  });

  it('has its probes on declared ports', () => {
    const names = container.ports.map(({ name }: Manifest) => name);
    expect(names).toContain(container.livenessProbe.httpGet.port);
    expect(names).toContain(container.readinessProbe.httpGet.port);
  });

  it('runs in a namespace that demands the restricted profile', () => {
    const { labels } = the('Namespace', metadata.namespace).metadata;
    for (const mode of ['enforce', 'audit', 'warn']) {
      expect(labels[`pod-security.kubernetes.io/${mode}`]).toBe('restricted');
    }
  });

  it('writes nothing to its own file system', () => {
    expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
    expect(spec.template.spec.volumes).toBeUndefined();
  });

  it('is the only one that gets a token', () => {
    const pods = manifests.flatMap(({ kind, metadata: { name }, spec: body }) =>
      kind === 'Pod' ? [[name, body]] : body?.template ? [[name, body.template.spec]] : [],
    );
    const withToken = pods.filter(([, pod]) => pod.automountServiceAccountToken !== false);
    expect(withToken.map(([name]) => name)).toEqual([metadata.name]);
    expect(the('ServiceAccount', 'portlock-controller-manager').automountServiceAccountToken).toBe(
      false,
    );
  });
});

describe('samples', () => {
  const { spec } = the('Deployment', 'multi-port-app');
  const [container] = spec.template.spec.containers;

  it('listen on three ports and declare one', () => {
    expect(container.args[1]).toContain('[8080, 9090, 5000]');
    expect(container.ports).toEqual([{ name: 'http', containerPort: 8080 }]);
    expect(spec.replicas).toBe(2);
  });

  it('offer only the declared port as a Service', () => {
    const service = the('Service', 'multi-port-app').spec;
    expect(spec.template.metadata.labels).toMatchObject(service.selector);
    expect(service.ports).toEqual([{ name: 'http', port: 8080, targetPort: 'http' }]);
  });

  it('mount the script that the comments call', () => {
    const client = the('Pod', 'multi-port-client').spec;
    const scripts = the('ConfigMap', client.volumes[0].configMap.name).data;
    expect(
      Object.keys(scripts).map(
        (name) => `${client.containers[0].volumeMounts[0].mountPath}/${name}`,
      ),
    ).toEqual(['/scripts/connect.mjs']);
    for (const file of filesBelow('config/samples').filter((name) =>
      name.includes('multi-port-'),
    )) {
      expect(readFileSync(join(root, file), 'utf8')).toContain('node /scripts/connect.mjs ');
    }
  });
});

describe('pod security', () => {
  it.each(['portlock-controller-manager', 'multi-port-app'])('%s is restricted', (name) => {
    expect(restrictedViolations(the('Deployment', name).spec.template.spec)).toEqual([]);
  });

  it('multi-port-client is restricted', () => {
    expect(restrictedViolations(the('Pod', 'multi-port-client').spec)).toEqual([]);
  });
});

describe('custom resource definitions', () => {
  const crds = manifests.filter(({ kind }) => kind === 'CustomResourceDefinition');

  it('exist', () => expect(crds).toHaveLength(1));

  it.each(crds.map((crd) => [crd.metadata.name, crd]))(
    '%s bounds and describes every field',
    (_name, crd) => {
      for (const version of crd.spec.versions) {
        expect(unboundedFields(version.schema.openAPIV3Schema)).toEqual([]);
      }
    },
  );

  it('show drift either way beside what is declared', () => {
    const [{ additionalPrinterColumns: columns }] = crds[0].spec.versions;
    const shown = columns.filter(({ priority = 0 }) => priority === 0);
    expect(shown.slice(1, 4).map(({ name, jsonPath }: Manifest) => [name, jsonPath])).toEqual([
      ['Declared', '.status.summary.declared'],
      ['Undeclared', '.status.summary.undeclaredReachable'],
      ['Unreachable', '.status.summary.declaredUnreachable'],
    ]);
  });

  it.each(crds.map((crd) => [crd.metadata.name, crd]))(
    '%s has a status of its own',
    (_name, crd) => {
      const { group, names, versions } = crd.spec;
      expect(crd.metadata.name).toBe(`${names.plural}.${group}`);
      expect(names.categories).not.toContain('all');
      for (const version of versions) expect(version.subresources).toEqual({ status: {} });
    },
  );
});
