/** As many as a request and its answer take within one process, with much to spare. */
const TURNS = 50;

/** Lets the sockets of this process go on: what was asked is answered after turns of the loop, however long those take. */
export async function loopTurns(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1)
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
}
