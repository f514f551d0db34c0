import { WebSocketServer } from 'ws';
import { LIMITS, SUBPROTOCOL } from '../../shared/frames.ts';

// The yardstick: receives the same frames, parses their JSON, and answers each. Nothing is checked, nothing kept.
const server = new WebSocketServer({
  port: 0,
  host: '127.0.0.1',
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
server.on('listening', () => {
  const address = server.address();
  process.stdout.write(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`);
});
process.on('SIGTERM', () => process.exit(0));
