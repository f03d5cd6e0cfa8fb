import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { cannotListen, probePort, urlOf } from './listening.js';

describe('where a server listens', () => {
  it.each([
    [{ host: '127.0.0.1', port: 3000 }, 'http://127.0.0.1:3000'],
    [{ host: '0.0.0.0', port: 80 }, 'http://127.0.0.1:80'],
    [{ host: '::', port: 80 }, 'http://[::1]:80'],
    [{ host: 'ronda.internal', port: 8080 }, 'http://ronda.internal:8080'],
  ])('%j is found at %s', (address, url) => {
    expect(urlOf(address)).toBe(url);
  });

  it('is free once more when it was tried', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
    await expect(probePort(address)).rejects.toMatchObject({ fault: 'port-taken' });
    await new Promise((resolve) => server.close(resolve));
    await probePort(address);
    await probePort(address);
  });

  it('says in one sentence what is wrong with it', () => {
    const sentence = (code: string): string =>
      cannotListen(Object.assign(new Error(`listen ${code}`), { code }), { host: 'h', port: 7 }).message;
    expect(sentence('EADDRNOTAVAIL')).toBe('h is no address of this machine: choose another with HOST.');
    expect(sentence('EACCES')).toContain('Port 7 of h is not for ordinary users');
    expect(sentence('EWHATEVER')).toBe('Ronda cannot listen on port 7 of h: listen EWHATEVER.');
  });
});
