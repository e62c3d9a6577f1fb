import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';

createServer((socket) => socket.write('hello\n')).listen(7001);
createServer((socket) => socket.pipe(socket)).listen(7002);
createHttpServer((_, response) => response.end('ok\n')).listen(7003);
