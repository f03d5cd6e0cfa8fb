import { createServer, request as forward } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy that sends each request to the next node, as a load balancer without stickiness does. */
export async function roundRobin(nodes: readonly string[]): Promise<{ url: string; close(): Promise<void> }> {
  let turn = 0;
  const server: Server = createServer((incoming, answer) => {
    const node = nodes[turn++ % nodes.length]!;
    const outgoing = forward(
      new URL(incoming.url ?? '/', node),
      { method: incoming.method, headers: incoming.headers },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, response.rawHeaders);
        response.pipe(answer);
      },
    );
    outgoing.on('error', () => answer.destroy());
    // Whoever goes away, of a stream, goes away from the node too.
    answer.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  // Clients keep a connection as long as the node behind says: ended before that, it would be cut under their next request.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
