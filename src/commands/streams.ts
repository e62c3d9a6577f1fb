import { CommandError } from './command-error.ts';

/** Where a command reads and writes: results on stdout, words on stderr. */
export interface Streams {
  stdin: AsyncIterable<Uint8Array>;
  /** @throws CommandError: it could not be written, and a part of it may have been */
  stdout: (text: string) => Promise<void>;
  stderr: (text: string) => void;
}

/** Those of this process. */
export function processStreams(): Streams {
  for (const stream of [process.stdout, process.stderr])
    stream.off('error', ignore).on('error', ignore);
  return {
    stdin: process.stdin,
    stdout: writeOut,
    stderr: (text) => process.stderr.write(text),
  };
}

/** A reader that has gone away, as head does, has read enough. A disk that is full has half of the result. */
function writeOut(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error?: NodeJS.ErrnoException | null) => {
      if (!error || error.code === 'EPIPE') resolve();
      else reject(new CommandError(`cannot write the result: ${error.message}`));
    });
  });
}

/**
 * Whoever writes a result is told of each error, and words that nobody reads are lost; without a listener either would
 * also be a crash, and end as if something was found.
 */
function ignore(): void {}
