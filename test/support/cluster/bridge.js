// One half of a bridge between two network namespaces, which share files but no addresses. It forwards connections from a Unix socket
// to a port in this namespace. Arguments: the path of the socket, the port. Exits when its standard input ends.
import { connect, createServer } from 'node:net';

const [path, port] = process.argv.slice(2);

const server = createServer((incoming) => {
  const outgoing = connect(Number(port), '127.0.0.1');
  incoming.pipe(outgoing).pipe(incoming);
  for (const socket of [incoming, outgoing]) {
    socket.on('error', () => {
      incoming.destroy();
      outgoing.destroy();
    });
  }
});
server.listen(path, () => console.log('listening'));
process.stdin.on('end', () => process.exit(0)).resume();
