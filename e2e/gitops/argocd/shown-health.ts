import { run } from '../../cluster/command.ts';
import { argocdProgram } from './start-argocd.ts';

export interface Shown {
  readonly status: string;
  readonly message?: string;
}

interface Node {
  readonly kind: string;
  readonly name: string;
  readonly health?: Shown;
}

/**
 * The health that Argo CD shows of an object in the tree of an application; undefined where the
 * object is not in it, or has none.
 *
 * @param redis the address of Argo CD's Redis
 */
export async function shownHealth(
  redis: string,
  application: string,
  object: { readonly kind: string; readonly name: string },
): Promise<Shown | undefined> {
  const program = await argocdProgram(AbortSignal.timeout(60_000));
  const tree = JSON.parse(await run([program, 'tree', application, '--redis', redis]));
  const nodes: Node[] = tree.nodes ?? [];
  return nodes.find(({ kind, name }) => kind === object.kind && name === object.name)?.health;
}
