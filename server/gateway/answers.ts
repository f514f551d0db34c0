import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';

/** A pong of its own: only an agent that holds this socket now can give it. */
export function answers(socket: WebSocket, withinMs: number): Promise<boolean> {
  if (socket.readyState !== socket.OPEN) return Promise.resolve(false);
  const asked = randomBytes(8);
  return new Promise((resolve) => {
    const done = (answer: boolean) => {
      clearTimeout(timer);
      socket.off('pong', onPong);
      socket.off('close', onClose);
      resolve(answer);
    };
    const onPong = (told: Buffer) => told.equals(asked) && done(true);
    const onClose = () => done(false);
    const timer = setTimeout(onClose, withinMs);
    socket.on('pong', onPong);
    socket.on('close', onClose);
    socket.ping(asked);
  });
}
