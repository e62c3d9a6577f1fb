/** A process that holds a socket. */
export interface SocketOwner {
  /** Within its container, where 1 is the container's own first process. */
  pid: number;
  /** The process's name, at most 15 characters; empty where it could not be read. */
  name: string;
}

/** What Node 24 and later name their first thread, and so their process. */
const NO_NAME = 'MainThread';

/**
 * Who holds which socket, by inode. The text has a line `/proc/7 node` for each process, and what
 * `ls -l /proc/[0-9]*\/exe /proc/[0-9]*\/fd` prints: lines that end in `/proc/7/exe -> /bin/node`, and
 * a line `/proc/7/fd:` before the descriptors of each, of which a socket ends in `-> socket:[4711]`.
 * Of processes that share a socket, the first is its owner: it made it and the others are its children.
 */
export function parseSocketOwners(text: string): Map<number, SocketOwner> {
  const names = new Map<number, string>();
  const programs = new Map<number, string>();
  const holders = new Map<number, number>();
  let pid: number | undefined;
  for (const line of text.split('\n')) {
    const [, named, name = ''] = /^\/proc\/(\d+) (.*)$/.exec(line) ?? [];
    if (named !== undefined) names.set(Number(named), name);
    const [, running, program = ''] = /\/proc\/(\d+)\/exe -> .*?([^/]+)$/.exec(line) ?? [];
    if (running !== undefined) programs.set(Number(running), program);
    const [, listed] = /^\/proc\/(\d+)\/fd:$/.exec(line) ?? [];
    if (listed !== undefined) pid = Number(listed);
    const [, socket] = / -> socket:\[(\d+)\]$/.exec(line) ?? [];
    if (socket === undefined || pid === undefined) continue;
    const inode = Number(socket);
    holders.set(inode, Math.min(pid, holders.get(inode) ?? pid));
  }
  return new Map(
    [...holders].map(([inode, holder]) => {
      const name = names.get(holder) ?? NO_NAME;
      const program = programs.get(holder) ?? '';
      return [inode, { pid: holder, name: name === NO_NAME ? program : name }];
    }),
  );
}
