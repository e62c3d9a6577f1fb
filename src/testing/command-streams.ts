import type { Streams } from '../commands/streams.ts';

/** What a command said, and how it ended. */
export interface Said {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** Runs a command with that text on stdin, and keeps what it says. */
export async function saidBy(
  command: (streams: Streams) => Promise<number>,
  stdin = '',
): Promise<Said> {
  const said = { stdout: '', stderr: '' };
  async function* input(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(stdin);
  }
  const exitCode = await command({
    stdin: input(),
    stdout: async (text) => {
      said.stdout += text;
    },
    stderr: (text) => {
      said.stderr += text;
    },
  });
  return { ...said, exitCode };
}
