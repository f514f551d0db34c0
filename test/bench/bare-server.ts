import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { WebSocketServer } from 'ws';
import { LIMITS, SUBPROTOCOL } from '../../shared/frames.ts';

// The yardstick: receives the same frames, parses their JSON, and answers each. Nothing is checked, nothing kept.
// Two files, certificate and key, make it speak TLS.
const [cert, key] = process.argv.slice(2);
const http =
  cert && key ? createTlsServer({ cert: readFileSync(cert), key: readFileSync(key) }) : createServer();
const server = new WebSocketServer({
  server: http,
  maxPayload: LIMITS.frameBytes,
  perMessageDeflate: false,
  handleProtocols: () => SUBPROTOCOL,
});
server.on('connection', (socket) => {
  socket.on('message', (data) => {
    const [header = '', payload = ''] = data.toString().split('\n');
    const { epoch, last } = JSON.parse(header);
    JSON.parse(payload);
    socket.send(JSON.stringify({ type: 'ack', epoch, through: last, credits: 10 }));
  });
});
http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  const port = address !== null && typeof address === 'object' ? address.port : '';
  process.stdout.write(`${cert ? 'https' : 'http'}://127.0.0.1:${port}\n`);
});
process.on('SIGTERM', () => process.exit(0));
