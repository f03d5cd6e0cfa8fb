import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileName, FileStore } from './file-store.js';
import { openFileStore } from './open-file-store.js';

const nameOf = (text: string, nth: number): FileName =>
  `${createHash('sha256').update(text).digest('hex')}-11111111-1111-4111-8111-${String(nth).padStart(12, '0')}`;

/** As much of S3 as a store of files asks for, with two objects a page. */
class Bucket {
  readonly objects = new Map<string, Buffer>();
  private readonly server: Server = createServer((request, response) => void this.answer(request, response));

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://bucket');
    const key = decodeURIComponent(url.pathname).replace(/^\/ours\/?/, '');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method === 'PUT') this.objects.set(key, Buffer.concat(chunks));
    else if (request.method === 'DELETE') {
      this.objects.delete(key);
      response.statusCode = 204;
    } else if (key === '') {
      const from = Number(url.searchParams.get('continuation-token') ?? 0);
      const keys = [...this.objects.keys()].filter((each) => each.startsWith(url.searchParams.get('prefix') ?? ''));
      const listed = keys
        .slice(from, from + 2)
        .map((each) => `<Contents><Key>${each}</Key><LastModified>2026-11-20T00:00:00.000Z</LastModified></Contents>`)
        .join('');
      const next = keys.length > from + 2 ? `<NextContinuationToken>${from + 2}</NextContinuationToken>` : '';
      response.setHeader('content-type', 'application/xml');
      response.end(`<ListBucketResult>${listed}${next}</ListBucketResult>`);
      return;
    } else {
      const found = this.objects.get(key);
      if (!found) response.statusCode = 404;
      response.end(found ?? '<Error><Code>NoSuchKey</Code></Error>');
      return;
    }
    response.end();
  }
}

describe.each(['folder', 'bucket'] as const)('a %s of files', (kind) => {
  const dir = mkdtempSync(join(tmpdir(), 'ronda-files-'));
  const bucket = new Bucket();
  let store: FileStore;
  const env = { ...process.env };

  beforeAll(async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' });
    const endpoint = await bucket.listen();
    const place = kind === 'folder' ? { folder: join(dir, 'kept') } : { bucket: 'ours', prefix: 'files/', endpoint };
    store = await openFileStore(place, dir);
  });
  afterAll(async () => {
    process.env = env;
    await bucket.close();
    rmSync(dir, { recursive: true });
  });

  const keep = async (text: string, nth: number): Promise<FileName> => {
    const name = nameOf(text, nth);
    mkdirSync(store.incoming, { recursive: true });
    const path = join(store.incoming, String(nth));
    writeFileSync(path, text);
    await store.keep(name, path);
    expect(existsSync(path)).toBe(false);
    return name;
  };
  const read = async (name: FileName): Promise<string> => {
    let text = '';
    for await (const chunk of await store.read(name)) text += String(chunk);
    return text;
  };
  const listed = async (): Promise<string[]> => {
    const names: string[] = [];
    for await (const { name, keptAt } of store.list()) {
      expect(keptAt.getTime()).toBeGreaterThan(0);
      names.push(name);
    }
    return names.sort();
  };

  it('keeps, gives, lists and removes', async () => {
    expect(await listed()).toEqual([]);
    const names = [
      await keep('one', 1),
      await keep('one', 2),
      await keep('three', 3),
      await keep('', 4),
      await keep('five', 5),
    ];
    expect(await Promise.all(names.map(read))).toEqual(['one', 'one', 'three', '', 'five']);
    expect(await listed()).toEqual([...names].sort());
    await store.remove(names[0]!);
    await store.remove(names[0]!);
    expect(await read(names[1]!)).toBe('one');
    await expect(read(names[0]!)).rejects.toThrow();
    expect(await listed()).toHaveLength(4);
  });

  it('takes no name but its own', async () => {
    for (const name of ['../../etc/passwd', 'a-b', `${'0'.repeat(64)}-../x`] as FileName[]) {
      await expect(store.read(name)).rejects.toThrow('a name of its store');
      await expect(store.remove(name)).rejects.toThrow('a name of its store');
      await expect(store.keep(name, '/dev/null')).rejects.toThrow('a name of its store');
    }
  });
});
