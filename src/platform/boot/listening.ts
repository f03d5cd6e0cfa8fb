import { createServer, isIPv6 } from 'node:net';
import type { Config } from '../config/config.js';
import type { PublicSite } from '../config/public-site.token.js';
import { codeOf, messageOf, StartupError } from '../config/startup-error.js';

export interface Address {
  host: string;
  /** 0 = any free port. */
  port: number;
}

/**
 * Listens for a moment, so that a taken port is known before a first start does its long work.
 * @throws StartupError `port-taken`
 */
export async function probePort(address: Address): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ ...address, exclusive: true }, resolve);
    });
  } catch (error) {
    throw cannotListen(error, address);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

/** One sentence for an address that cannot be listened on. */
export function cannotListen(error: unknown, { host, port }: Address): StartupError {
  const sentence = {
    EADDRINUSE: `Port ${port} of ${host} is taken: stop what listens there, or choose another with PORT.`,
    EACCES: `Port ${port} of ${host} is not for ordinary users: choose one from 1024 on with PORT.`,
    EADDRNOTAVAIL: `${host} is no address of this machine: choose another with HOST.`,
    ENOTFOUND: `${host} is not known to this machine: choose another with HOST.`,
  }[codeOf(error) ?? ''];
  const fallback = `Ronda cannot listen on port ${port} of ${host}: ${messageOf(error)}.`;
  return new StartupError('port-taken', sentence ?? fallback, { cause: error });
}

/** Where a person on this machine finds what listens there. */
export function urlOf({ host, port }: Address): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${isIPv6(reachable) ? `[${reachable}]` : reachable}:${port}`;
}

/** Of a region that there is not: nobody reads it. */
const DEMO_CONTACT = 'mailto:security@ronda.example';

/** Where others find this installation: where it listens, unless told. */
export const siteOf = (config: Address & Pick<Config, 'publicUrl' | 'securityContact' | 'demo'>): PublicSite => ({
  url: config.publicUrl ?? urlOf(config),
  securityContact: config.securityContact ?? (config.demo ? DEMO_CONTACT : undefined),
});
