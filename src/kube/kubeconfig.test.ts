import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { sharedCertificate } from '../testing/certificate.ts';
import { KubeConfigError, loadKubeConfig } from './kubeconfig.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'portlock-kubeconfig-'));
  vi.stubEnv('KUBECONFIG', undefined);
  vi.stubEnv('HOME', directory);
  vi.stubEnv('KUBERNETES_SERVICE_HOST', undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

function write(name: string, content: string): string {
  const file = path.join(directory, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

interface Parts {
  cluster?: object;
  user?: object;
  context?: object;
  current?: string | undefined;
}

function kubeConfig(name: string, parts: Parts = {}): string {
  const { cluster, user, context } = parts;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: `https://${name}.example:6443`, ...cluster } }],
    users: [{ name, user: { token: 'secret-token', ...user } }],
    contexts: [{ name, context: { cluster: name, user: name, ...context } }],
    'current-context': 'current' in parts ? parts.current : name,
  });
}

function server(options?: Parameters<typeof loadKubeConfig>[0]): string | undefined {
  return loadKubeConfig(options).getCurrentCluster()?.server;
}

/** The message of the error, which must be one line and tell no secret. */
function failure(options?: Parameters<typeof loadKubeConfig>[0]): string {
  try {
    loadKubeConfig(options);
  } catch (error) {
    expect(error).toBeInstanceOf(KubeConfigError);
    const { name, message } = error as Error;
    expect(name).toBe('KubeConfigError');
    expect(message).not.toContain('\n');
    expect(message).not.toContain('secret-token');
    return message;
  }
  throw new Error('it was accepted');
}

describe('where the cluster is looked for', () => {
  it('takes the given file before everything else', () => {
    vi.stubEnv('KUBECONFIG', write('environment', kubeConfig('environment')));
    write('.kube/config', kubeConfig('home'));
    const kubeconfig = write('given', kubeConfig('given'));
    expect(server({ kubeconfig })).toBe('https://given.example:6443');
    expect(server()).toBe('https://environment.example:6443');
  });

  it('takes ~/.kube/config where nothing is named', () => {
    write('.kube/config', kubeConfig('home'));
    expect(server()).toBe('https://home.example:6443');
  });

  it('merges the files of KUBECONFIG: the first to name something wins, missing ones are passed over', () => {
    const first = write('first', kubeConfig('first', { current: undefined }));
    const again = kubeConfig('first', { cluster: { server: 'https://other' } });
    const second = write('second', again);
    const third = write('third', kubeConfig('third'));
    const missing = path.join(directory, 'missing');
    vi.stubEnv('KUBECONFIG', [missing, first, second, third].join(path.delimiter));
    expect(server()).toBe('https://first.example:6443');
    expect(server({ context: 'third' })).toBe('https://third.example:6443');
  });

  it('names all files where none of them says what is needed', () => {
    const files = ['a', 'b'].map((name) => write(name, kubeConfig(name, { current: undefined })));
    vi.stubEnv('KUBECONFIG', files.join(path.delimiter));
    expect(failure()).toBe(
      `${files.join(', ')} has no current-context: pass --context NAME (there are: a, b)`,
    );
  });

  it('says what to do when there is nothing', () => {
    expect(failure()).toMatch(/^no cluster to talk to: pass --kubeconfig FILE/);
  });

  it('says so when no file of KUBECONFIG can be read', () => {
    vi.stubEnv('KUBECONFIG', ['/nowhere/a', '/nowhere/b'].join(path.delimiter));
    expect(failure()).toBe(
      'KUBECONFIG names /nowhere/a, /nowhere/b, which cannot be read: correct it, or unset it',
    );
  });
});

describe('what is wrong with a file', () => {
  const cases: [what: string, content: string, message: RegExp][] = [
    ['broken YAML', 'users:\n - token: "secret-token\nx', /not YAML: \w+ at line 3, column \d+$/],
    ['two equal keys', 'a: 1\na: 2\n', /not YAML: DUPLICATE_KEY at line 2, column 1$/],
    ['a list', '- a\n', /is no kubeconfig: it has no clusters/],
    ['a word', 'hello', /is no kubeconfig: it has no clusters/],
    ['nothing', '', /is no kubeconfig: it has no clusters/],
    ['a cluster without a server', 'clusters: [{name: a, cluster: {}}]', /server is missing/],
    ['a server that is a number', kubeConfig('a', { cluster: { server: 1 } }), /is no kubeconfig/],
    ['no current context', kubeConfig('a', { current: undefined }), /no current-context.*: a\)$/],
    ['an unknown context', kubeConfig('a', { current: 'b' }), /no context "b".*there are: a\)$/],
    ['an unknown cluster', kubeConfig('a', { context: { cluster: 'b' } }), /names cluster "b"/],
    ['an unknown user', kubeConfig('a', { context: { user: 'b' } }), /names user "b"/],
    ['plain http', kubeConfig('a', { cluster: { server: 'http://a' } }), /is plain http: use/],
    ['no URL at all', kubeConfig('a', { cluster: { server: '//' } }), /not an http\(s\) URL/],
    [
      'no proxy URL at all',
      kubeConfig('a', { cluster: { 'proxy-url': '//' } }),
      /proxy-url .* not an http/,
    ],
    [
      'a key that is none',
      kubeConfig('a', { user: { 'client-key-data': 'c2VjcmV0LXRva2Vu' } }),
      /certificates of cluster "a" or user "a" .* cannot be used: ERR_/,
    ],
    ['a user that is nothing', 'users: [null]', /is no kubeconfig/],
    ['no contexts', 'clusters: []', /no current-context: .*there are: none\)$/],
    [
      'more contexts than one line has room for',
      stringify({
        contexts: Array.from({ length: 12 }, (_, index) => ({
          name: `c${index}`,
          context: { cluster: 'a', user: 'a' },
        })),
      }),
      /there are: c0, c1, c2, c3, c4, c5, c6, c7, c8, c9\)$/,
    ],
    ['no URL', kubeConfig('a', { cluster: { server: 'a:6443' } }), /not an http\(s\) URL/],
    [
      'a SOCKS proxy',
      kubeConfig('a', { cluster: { 'proxy-url': 'socks5://p:1' } }),
      /proxy-url .* not an http/,
    ],
    [
      'a certificate that is none',
      kubeConfig('a', { user: { 'client-certificate-data': 'c2VjcmV0LXRva2Vu' } }),
      /certificates of cluster "a" or user "a" .* cannot be used: ERR_OSSL/,
    ],
    [
      'a missing file',
      kubeConfig('a', { cluster: { 'certificate-authority': 'gone.crt' } }),
      /names \/.*\/gone.crt, which cannot be read/,
    ],
    [
      'a missing token file',
      kubeConfig('a', { user: { tokenFile: 'gone' } }),
      /names \/.*\/gone, which cannot be read/,
    ],
  ];
  it.each(cases)('%s', (_, content, message) => {
    expect(failure({ kubeconfig: write('config', content) })).toMatch(message);
  });

  it('a path that does not exist, or is a folder', () => {
    expect(failure({ kubeconfig: '/nowhere' })).toBe(
      'cannot read kubeconfig /nowhere (ENOENT): check the path and its mode',
    );
    expect(failure({ kubeconfig: directory })).toMatch(/EISDIR/);
  });

  it('a context that is asked for and not there', () => {
    const kubeconfig = write('config', kubeConfig('a'));
    expect(failure({ kubeconfig, context: 'z' })).toMatch(/has no context "z".*there are: a\)$/);
  });
});

describe('what is taken', () => {
  it('files relative to the kubeconfig, a token file before a token', async () => {
    const { certificate, key } = sharedCertificate();
    write('tls/ca.crt', certificate);
    write('tls/client.crt', certificate);
    write('tls/client.key', key);
    chmodSync(write('token', 'from-the-file\n'), 0o400);
    const content = kubeConfig('a', {
      cluster: { 'certificate-authority': 'tls/ca.crt' },
      user: {
        tokenFile: 'token',
        'client-certificate': 'tls/client.crt',
        'client-key': 'tls/client.key',
      },
    });
    const config = loadKubeConfig({ kubeconfig: write('config', content) });
    const options: { headers?: Record<string, string>; cert?: Buffer } = {};
    await config.applyToHTTPSOptions(options);
    expect(options.headers?.Authorization?.trim()).toBe('Bearer from-the-file');
    expect(options.cert?.toString()).toBe(certificate);
  });

  it.each(['http://proxy.example:3128', 'https://proxy.example'])('a proxy at %s', (url) => {
    const content = kubeConfig('a', { cluster: { 'proxy-url': url } });
    expect(server({ kubeconfig: write('config', content) })).toBe('https://a.example:6443');
  });

  it('a token where the name of its file is empty, or there is no file', () => {
    const token = (user: object) => {
      const kubeconfig = write('config', kubeConfig('a', { user }));
      return loadKubeConfig({ kubeconfig }).getCurrentUser()?.token;
    };
    expect(token({ tokenFile: '' })).toBe('secret-token');
    expect(token({ tokenFile: null })).toBe('secret-token');
  });

  it('the user as whom one acts, and nobody where none is named', () => {
    const kubeconfig = write('config', kubeConfig('a'));
    const acting = loadKubeConfig({ kubeconfig, as: 'jane' });
    expect(acting.getCurrentUser()).toMatchObject({
      name: 'a',
      token: 'secret-token',
      impersonateUser: 'jane',
    });
    expect(acting.getCurrentCluster()?.server).toBe('https://a.example:6443');
    expect(loadKubeConfig({ kubeconfig }).getCurrentUser()?.impersonateUser).toBeUndefined();
  });
});
