import type { Manifests } from './git-repository.ts';

/** What a tool delivers from a git repository of its own. */
export interface Delivery {
  /**
   * Commits these files and no others, and waits until the tool has applied them and is content.
   *
   * @throws NeverHeldError with what the tool says of it
   */
  commit(files: Manifests): Promise<void>;
  /** Commits, and waits for nothing. */
  offer(files: Manifests): Promise<void>;
  /** Makes the tool compare and apply everything anew, and waits until it has and is content. */
  refresh(): Promise<void>;
  /** Whether the tool has applied the last commit and finds all of it right and healthy. */
  isContent(): Promise<boolean>;
  /** Ends it, and leaves what it delivered. */
  end(): Promise<void>;
}

/** A GitOps tool in one way of using it. */
export interface Tool {
  readonly name: string;
  /** @param name of the delivery, unique in the cluster */
  deliver(name: string): Promise<Delivery>;
}

/** A name for what a scenario makes with a tool. */
export function nameOf(scenario: string, tool: Tool): string {
  return `${scenario}-${tool.name.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`;
}
