/**
 * What somebody writes first: so many connections at a time, a timer for each. Prints the open ports and
 * how many others there are, as JSON.
 *
 *     node naive-scan.ts IP IN_FLIGHT TIMEOUT_MILLISECONDS
 */
import { connect } from 'node:net';

const [ip = '', inFlight, timeout] = process.argv.slice(2);
const open: number[] = [];
const counts = { refused: 0, filtered: 0 };
let next = 1;
let underWay = 0;

function fill(): void {
  for (; next <= 65_535 && underWay < Number(inFlight); next++) start(next);
  if (underWay === 0) console.log(JSON.stringify({ open, ...counts }));
}

function start(port: number): void {
  underWay++;
  const socket = connect({ host: ip, port });
  let isEnded = false;
  const end = (count: () => void) => {
    if (isEnded) return;
    isEnded = true;
    count();
    socket.destroy();
    underWay--;
    fill();
  };
  socket.setTimeout(Number(timeout), () => end(() => counts.filtered++));
  socket.on('connect', () => end(() => open.push(port)));
  socket.on('error', () => end(() => counts.refused++));
}

fill();
