import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type supertest from 'supertest';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import { SweepAttachments } from '../../src/modules/attachments/index.js';
import { ApplyRetention } from '../../src/modules/incidents/index.js';
import { Api } from '../support/api.js';
import { assembleCast } from '../support/cast.js';
import type { Cast } from '../support/cast.js';
import { filing, release, submitted } from '../support/filings.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

const LIMIT = 1024 * 1024;
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

interface View {
  id: string;
  name: string;
  sha256: string;
}

describe('attachments', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ronda-attachments-'));
  let server: TestApp;
  let cast: Cast;
  let api: Api;

  beforeAll(async () => {
    const database = await createTestDatabase();
    cast = await assembleCast(database.superuserUrl);
    server = await startTestApp(database, { files: { place: { folder }, limitBytes: LIMIT } });
    api = new Api(server.url);
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const as = (who: string) => api.as(cast[who]!);
  const post = (id: string, query: string, bytes: Buffer | string, who = 'vn.analyst') =>
    as(who).post(`incidents/${id}/attachments?${query}`).set('content-type', 'application/octet-stream').send(bytes);
  const attach = async (id: string, name: string, bytes: Buffer | string, more = '') => {
    const { status, body, text } = await post(id, `name=${encodeURIComponent(name)}${more}`, bytes);
    if (status !== 201) throw new Error(text);
    return body as View;
  };
  const content = (who: string, id: string, attachment: string) =>
    as(who).get(`incidents/${id}/attachments/${attachment}/content`).buffer(true).parse(asBytes);
  const releaseTo = (id: string, ...names: string[]) =>
    as('vn.coordinator')
      .post(
        `incidents/${id}/release`,
        release(
          'TLP:AMBER',
          names.map((name) => ({ organisation: cast.stages[name]!.id })),
        ),
      )
      .expect(200);
  const names = async (who: string, id: string) =>
    ((await as(who).get(`incidents/${id}/attachments`).expect(200)).body.items as View[]).map(({ name }) => name);
  const stored = () =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name));

  it('comes back as it was sent, and never to be shown', async () => {
    const { id } = await submitted(as('vn.analyst'));
    const bytes = Buffer.from('<script>alert(1)</script>');
    const sent = await post(id, 'name=page.html', bytes);
    expect(sent.status).toBe(201);
    expect(sent.headers.location).toBe(`/api/v1/incidents/${id}/attachments/${sent.body.id}`);
    expect(sent.body).toMatchObject({
      name: 'page.html',
      size: bytes.length,
      sha256: sha256(bytes),
      isMalware: false,
      audience: 'readers',
      allowedActions: ['delete'],
    });
    const read = await as('vn.analyst').get(`incidents/${id}/attachments/${sent.body.id}`).expect(200);
    expect(read.body).toEqual(sent.body);
    expect(read.headers.etag).toBe(sent.headers.etag);
    const got = await content('vn.analyst', id, sent.body.id as string).expect(200);
    expect(got.body).toEqual(bytes);
    expect(got.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="page.html"; filename*=UTF-8''page.html`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': `default-src 'none'; sandbox`,
      'content-length': String(bytes.length),
      etag: `"${createHash('sha256').update(bytes).digest('base64url')}"`,
    });
    await as('vn.analyst')
      .get(`incidents/${id}/attachments/${sent.body.id}/content`)
      .set('if-none-match', String(got.headers.etag))
      .expect(304);
  });

  it('goes with the release, and what is attached after one goes with the next', async () => {
    const { id } = await submitted(as('vn.analyst'));
    const before = await attach(id, 'before.txt', 'before');
    await attach(id, 'own.txt', 'own', '&audience=owner');
    await as('th.analyst').get(`incidents/${id}/attachments`).expect(404);
    await releaseTo(id, 'th');
    expect(await names('th.analyst', id)).toEqual(['before.txt']);
    const seen = await as('th.analyst').get(`incidents/${id}/attachments/${before.id}`).expect(200);
    expect(seen.body).toMatchObject({ createdAt: null, allowedActions: [] });
    expect((await content('th.analyst', id, before.id).expect(200)).body.toString()).toBe('before');
    const after = await attach(id, 'after.txt', 'after');
    expect(await names('th.analyst', id)).toEqual(['before.txt']);
    const hidden = await as('th.analyst').get(`incidents/${id}/attachments/${after.id}/content`);
    const absent = await as('th.analyst').get(
      `incidents/${id}/attachments/${'a'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}/content`,
    );
    expect([hidden.status, { ...hidden.body, requestId: '' }]).toEqual([404, { ...absent.body, requestId: '' }]);
    expect((await names('vn.analyst', id)).sort()).toEqual(['after.txt', 'before.txt', 'own.txt']);
    await as('vn.analyst').patch(`incidents/${id}`, { title: 'Said anew' });
    await releaseTo(id, 'th');
    expect((await names('th.analyst', id)).sort()).toEqual(['after.txt', 'before.txt']);
    for (const who of ['sg.analyst', 'jp.analyst', 'bank.analyst']) {
      await as(who).get(`incidents/${id}/attachments`).expect(404);
      await content(who, id, before.id).expect(404);
    }
    await as('vn.coordinator').post(`incidents/${id}/recall`, { reason: 'error' }).expect(200);
    await content('th.analyst', id, before.id).expect(404);
  });

  it('what waits for a second person is not added to behind its back', async () => {
    const { id } = await submitted(as('vn.coordinator'), { marking: { tlp: 'TLP:GREEN' } });
    await as('vn.coordinator')
      .post(`incidents/${id}/release`, release('TLP:GREEN', ['community']))
      .expect(202);
    await attach(id, 'smuggled.txt', 'smuggled');
    await as('vn.second').post(`incidents/${id}/release/confirm`).expect(200);
    await as('th.analyst').get(`incidents/${id}`).expect(200);
    expect(await names('th.analyst', id)).toEqual([]);
  });

  it('is previewed, with what its name betrays; what was attached since is not released unseen', async () => {
    const { id } = await submitted(as('vn.analyst'));
    await attach(id, 'own.txt', 'own', '&audience=owner');
    const order = release('TLP:AMBER', [{ organisation: cast.stages.th!.id }]);
    const preview = async () =>
      (await as('vn.coordinator').post(`incidents/${id}/release-preview`, order).expect(200)).body;
    const before = await preview();
    const { id: file } = await attach(id, 'mail of linh@bank.example.txt', 'mail');
    const late = await as('vn.coordinator').post(`incidents/${id}/release`, { ...order, previewToken: before.token });
    expect([late.status, late.body.type, late.body.changed]).toEqual([
      409,
      'urn:ronda:problem:preview-outdated',
      expect.arrayContaining(['record', 'findings']),
    ]);
    const seen = await preview();
    expect(seen.findings).toMatchObject([
      { code: 'email-address', pointer: `/attachments/${file}/name`, excerpt: 'linh@bank.example.txt' },
    ]);
    await as('vn.coordinator')
      .post(`incidents/${id}/release`, { ...order, previewToken: seen.token })
      .expect(200);
  });

  it('is new to readers, so that it does not go out to many on the word of one', async () => {
    const { id } = await submitted(as('vn.coordinator'), { title: 'One', marking: { tlp: 'TLP:GREEN' } });
    const order = release('TLP:GREEN', ['community']);
    await as('vn.coordinator').post(`incidents/${id}/release`, order).expect(202);
    await as('vn.second').post(`incidents/${id}/release/confirm`).expect(200);
    // There and back: the record says what it said.
    for (const title of ['Two', 'One']) await as('vn.coordinator').patch(`incidents/${id}`, { title });
    await attach(id, 'smuggled.txt', 'smuggled');
    await as('vn.coordinator').post(`incidents/${id}/release`, order).expect(202);
    expect(await names('th.analyst', id)).toEqual([]);
  });

  it('is the owner’s to attach and to take away', async () => {
    const { id } = await submitted(as('vn.analyst'));
    await releaseTo(id, 'th');
    expect((await post(id, 'name=a.txt', 'a', 'th.analyst')).status).toBe(403);
    expect((await post(id, 'name=a.txt', 'a', 'sg.analyst')).status).toBe(404);
    const { id: attachment } = await attach(id, 'a.txt', 'to be taken away');
    const at = `incidents/${id}/attachments/${attachment}`;
    await as('vn.analyst').request('delete', at).expect(428);
    await as('vn.analyst').request('delete', at).set('if-match', '"stale"').expect(412);
    const file = stored().find((each) => each.endsWith(attachment))!;
    expect(readFileSync(file, 'utf8')).toBe('to be taken away');
    expect((await as('vn.analyst').delete(at)).status).toBe(204);
    expect(stored()).not.toContain(file);
    await as('vn.analyst').get(at).expect(404);
  });

  it('a name is a name and never a place', async () => {
    const { id } = await submitted(as('vn.analyst'));
    const traversing = [
      '../../../etc/passwd',
      '..\\..\\boot.ini',
      '/etc/shadow',
      '..',
      'C:\\x',
      'a"\u00e9;\u0e01.txt',
      '%2e%2e%2f',
    ];
    for (const name of traversing) {
      const { id: attachment, name: kept } = await attach(id, name, 'x');
      expect(kept).toBe(name);
      const { headers } = await content('vn.analyst', id, attachment).expect(200);
      const said = String(headers['content-disposition']);
      expect(said).not.toMatch(/[/\\]|\.\.|%2F|%5C/);
      expect(said).toMatch(/^attachment; filename="[\w. -]+"; filename\*=UTF-8''[\w.%~!-]+$/);
    }
    for (const file of stored())
      expect(path.relative(folder, file)).toMatch(/^([0-9a-f]{2})\/\1[0-9a-f]{62}-[0-9a-f-]{36}$/);
    for (const query of [
      'name=',
      '',
      `name=${'a'.repeat(256)}`,
      'name=a%0Ab',
      'name=a&audience=public',
      'name=a&path=b',
    ])
      expect([query, (await post(id, query, 'x')).status]).toEqual([query, 400]);
  });

  it('malware is kept and given out as a zip under "infected", and never in the clear', async () => {
    const { id } = await submitted(as('vn.analyst'));
    const sample = Buffer.from(`X5O!P%@AP-not-really-malware-${'z'.repeat(5000)}`);
    const sent = await attach(id, 'invoice.exe', sample, '&malware=true');
    expect(sent).toMatchObject({ sha256: sha256(sample), size: sample.length, isMalware: true });
    const got = await content('vn.analyst', id, sent.id).expect(200);
    expect(got.headers).toMatchObject({
      'content-type': 'application/zip',
      'content-disposition': `attachment; filename="invoice.exe.zip"; filename*=UTF-8''invoice.exe.zip`,
    });
    const bytes = got.body as Buffer;
    expect(bytes.includes('not-really-malware')).toBe(false);
    const file = stored().find((each) => each.endsWith(sent.id))!;
    expect(readFileSync(file).equals(bytes)).toBe(true);
    const zip = new ZipReader(new Uint8ArrayReader(new Uint8Array(bytes)), { useWebWorkers: false });
    const entries = await zip.getEntries();
    const read = async (nth: number, password: string) => {
      const entry = entries[nth]!;
      if (entry.directory) throw new Error('A folder');
      return Buffer.from(await entry.getData(new Uint8ArrayWriter(), { password }));
    };
    expect(entries.map(({ filename, encrypted, zipCrypto }) => ({ filename, encrypted, zipCrypto }))).toEqual([
      { filename: sent.id, encrypted: true, zipCrypto: true },
      { filename: `${sent.id}.filename.txt`, encrypted: true, zipCrypto: true },
    ]);
    expect((await read(0, 'infected')).equals(sample)).toBe(true);
    expect((await read(1, 'infected')).toString()).toBe('invoice.exe');
    // ZipCrypto tells a wrong password by one byte: one in 256 is not told, and reads what is no sample.
    const guessed = await read(0, 'guessed').catch(() => null);
    expect(guessed?.equals(sample) ?? false).toBe(false);
    await zip.close();
  });

  it('a zip bomb is bytes like any other: nobody opens it', async () => {
    const { id } = await submitted(as('vn.analyst'));
    // An archive that says of itself that it holds 4 GiB.
    const bomb = Buffer.from('504b0304140000000800000021000000000000000000ffffffff0100000061', 'hex');
    const { id: attachment } = await attach(id, 'bomb.zip', bomb);
    expect((await content('vn.analyst', id, attachment).expect(200)).body).toEqual(bomb);
  });

  it('is refused beyond the limit, said or found out, and leaves nothing behind', async () => {
    const { id } = await submitted(as('vn.analyst'));
    const before = stored().length;
    expect((await post(id, 'name=long.bin', Buffer.alloc(LIMIT + 1))).status).toBe(413);
    for (const malware of ['', '&malware=true']) {
      // In chunks, so that nobody knows how long it will be.
      const chunked = await fetch(`${server.url}/api/v1/incidents/${id}/attachments?name=long.bin${malware}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${cast['vn.analyst']!.token}`, 'content-type': 'application/octet-stream' },
        body: new ReadableStream({
          start(controller) {
            for (let nth = 0; nth < 20; nth++) controller.enqueue(new Uint8Array(LIMIT / 16));
            controller.close();
          },
        }),
        duplex: 'half',
      });
      expect(chunked.status).toBe(413);
    }
    expect((await attach(id, 'empty', '')).sha256).toBe(sha256(''));
    expect(stored().length).toBe(before + 1);
    expect((await as('vn.analyst').post(`incidents/${id}/attachments?name=a`, { a: 1 })).status).toBe(415);
  });

  it('is attached once under its key, and its bytes are kept once', async () => {
    const { id } = await submitted(as('vn.analyst'));
    const before = stored().length;
    const send = (bytes: string) => post(id, 'name=a.txt', bytes).set('idempotency-key', 'attach-once');
    const [first, second, other] = [await send('one'), await send('one'), await send('two')];
    expect([first.status, second.status, other.status]).toEqual([201, 201, 422]);
    expect(second.body).toEqual(first.body);
    expect(stored().length).toBe(before + 1);
  });

  it('leaves its receipt of what is strict before a byte of it leaves', async () => {
    const { id } = await submitted(as('vn.coordinator'), { marking: { tlp: 'TLP:AMBER+STRICT' } });
    const { id: attachment } = await attach(id, 'strict.txt', 'strict');
    await as('vn.coordinator')
      .post(`incidents/${id}/release`, release('TLP:AMBER+STRICT', [{ organisation: cast.stages.th!.id }]))
      .expect(200);
    const kinds = async () =>
      JSON.stringify((await as('vn.coordinator').get(`incidents/${id}/receipts`).expect(200)).body.items);
    expect(await kinds()).not.toContain('2026');
    await content('th.analyst', id, attachment).expect(200);
    expect(await kinds()).toContain('2026');
  });

  it('is not passed on with its record', async () => {
    const { id } = await submitted(as('th.coordinator'));
    const sent = await post(id, 'name=a.txt', 'a', 'th.analyst');
    await as('th.coordinator')
      .post(`incidents/${id}/release`, release('TLP:AMBER', [{ organisation: cast.stages.vn!.id }]))
      .expect(200);
    expect(await names('vn.analyst', id)).toEqual(['a.txt']);
    await as('vn.coordinator')
      .post(`incidents/${id}/pass-on`, { organisations: [cast.stages.bank!.id], tellOriginator: false })
      .expect((answer) => expect([200, 201]).toContain(answer.status));
    await as('bank.analyst').get(`incidents/${id}`).expect(200);
    expect(await names('bank.analyst', id)).toEqual([]);
    await content('bank.analyst', id, sent.body.id as string).expect(404);
  });

  it('what was erased from a record is erased from the names of its attachments', async () => {
    const { id } = await submitted(as('vn.analyst'));
    await attach(id, 'statement of Nguyen Van A.pdf', 'x');
    await as('vn.coordinator')
      .post(`incidents/${id}/erasures`, { value: 'Nguyen Van A', basis: 'mistake', reason: 'Not ours to keep.' })
      .expect(200);
    expect(await names('vn.analyst', id)).toEqual(['statement of [erased].pdf']);
  });

  describe('the sweep', () => {
    const later = new Date('2026-11-19T00:00:00Z');
    const age = (file: string) => utimesSync(file, later, later);

    it('removes bytes that no row names, and no others', async () => {
      const { id } = await submitted(as('vn.analyst'));
      const { id: attachment } = await attach(id, 'kept.txt', 'kept');
      for (const file of stored()) age(file);
      const name = `${sha256('orphan')}-11111111-1111-4111-8111-111111111111`;
      mkdirSync(path.join(folder, name.slice(0, 2)), { recursive: true });
      const orphan = path.join(folder, name.slice(0, 2), name);
      const stranger = path.join(folder, name.slice(0, 2), 'README');
      for (const file of [orphan, stranger]) writeFileSync(file, 'orphan');
      age(stranger);
      const sweep = server.app.get(SweepAttachments);
      // Too young: its row may be on its way.
      utimesSync(orphan, server.clock.now(), server.clock.now());
      expect(await sweep.run()).toBe(0);
      age(orphan);
      expect(await sweep.run()).toBe(1);
      expect(stored()).toContain(stranger);
      expect(stored()).not.toContain(orphan);
      expect((await content('vn.analyst', id, attachment).expect(200)).body.toString()).toBe('kept');
      rmSync(stranger);
    });

    it('takes the bytes of what retention took', async () => {
      const made = await as('vn.analyst').post('incidents', filing()).expect(201);
      const { id: attachment } = await attach(made.body.id as string, 'old.txt', 'old');
      const file = stored().find((each) => each.endsWith(attachment))!;
      age(file);
      const now = server.clock.now();
      server.clock.set(new Date('2046-11-20T02:10:00Z'));
      try {
        await server.app.get(ApplyRetention).run(Infinity);
        await server.app.get(SweepAttachments).run();
      } finally {
        server.clock.set(now);
      }
      expect(stored()).not.toContain(file);
    });
  });
});

/** supertest would make text of it. */
function asBytes(answer: supertest.Response, done: (error: Error | null, body: Buffer) => void): void {
  const response = answer as unknown as NodeJS.ReadableStream;
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(Buffer.from(chunk)));
  response.on('end', () => done(null, Buffer.concat(chunks)));
}
