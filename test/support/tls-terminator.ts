import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';

export interface TlsTerminator {
  origin: string;
  /** PEM of the authority that vouches for it. */
  ca: string;
  /** The server behind it, once that listens. */
  forwardTo(url: string): void;
  /** By path: what somebody in between would answer instead. */
  forged: Map<string, string>;
  stop(): Promise<void>;
}

/** TLS in front of a server on this machine, with a certificate authority that is believed by nobody else. */
export async function tlsTerminator(): Promise<TlsTerminator> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ronda-tls-'));
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
  };
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...fresh, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Ronda test CA');
  openssl(
    ...['req', '-x509', ...fresh, '-keyout', 'tls.key', '-out', 'tls.pem', '-subj', '/CN=localhost'],
    ...['-CA', 'ca.pem', '-CAkey', 'ca.key', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
  );
  const forged = new Map<string, string>();
  let upstream = '';
  const server = https.createServer(
    { key: readFileSync(path.join(dir, 'tls.key')), cert: readFileSync(path.join(dir, 'tls.pem')) },
    (request, response) => {
      const forgery = forged.get(request.url ?? '');
      if (forgery !== undefined) {
        response.writeHead(200, { 'content-type': 'application/json' }).end(forgery);
        return;
      }
      const passed = http.request(
        new URL(request.url ?? '/', upstream),
        { method: request.method, headers: request.headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      passed.on('error', () => response.writeHead(502).end());
      request.pipe(passed);
    },
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    ca: path.join(dir, 'ca.pem'),
    forwardTo: (url) => {
      upstream = url;
    },
    forged,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      rmSync(dir, { recursive: true });
    },
  };
}
