import type { Connect } from './connection.ts';
import { connectionsByHandle } from './handle-connection.ts';
import { connectBySocket } from './socket-connection.ts';

/** The cheapest way to connect that this Node has. */
export const connect: Connect = connectionsByHandle() ?? connectBySocket;
