/** Where a command reads and writes: results on stdout, words on stderr. */
export interface Streams {
  stdin: AsyncIterable<Uint8Array>;
  stdout: (text: string) => Promise<void>;
  stderr: (text: string) => void;
}

/** Those of this process. */
export function processStreams(): Streams {
  process.stdout.off('error', ignore).on('error', ignore);
  return {
    stdin: process.stdin,
    stdout: (text) => new Promise((resolve) => process.stdout.write(text, () => resolve())),
    stderr: (text) => process.stderr.write(text),
  };
}

/** A reader that has gone away has read enough. */
function ignore(): void {}
