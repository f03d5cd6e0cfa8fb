import fc from 'fast-check';
import {
  OBSERVABLE_TYPES,
  defang,
  extract,
  normalise,
  observableId,
  placeOf,
  refang,
  surroundingsOf,
  warnings,
} from './index.js';

const hex = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...'0123456789abcdefABCDEF'), { minLength: length, maxLength: length })
    .map((all) => all.join(''));
const label = fc
  .stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/)
  .filter((each) => !each.startsWith('xn-') && each.slice(2, 4) !== '--');
const domain = fc
  .tuple(label, fc.constantFrom('example', 'com', 'co.th', 'org', 'MY', 'test'))
  .map((parts) => parts.join('.'));
const path = fc.array(fc.stringMatching(/^[a-zA-Z0-9_-]{1,8}$/), { maxLength: 3 }).map((parts) => parts.join('/'));
const url = fc
  .tuple(
    fc.constantFrom('http', 'https', 'HTTP', 'ftp'),
    fc.oneof(
      domain,
      fc.ipV4(),
      fc
        .ipV6()
        .filter((ip) => !ip.includes('%'))
        .map((ip) => `[${ip}]`),
    ),
    fc.constantFrom('', ':80', ':8443'),
    path,
  )
  .map(([scheme, host, port, rest]) => `${scheme}://${host}${port}/${rest}`);

/** Values of each type, as people write them. */
const written: Record<string, fc.Arbitrary<string>> = {
  ipv4: fc.ipV4(),
  ipv6: fc.ipV6().filter((ip) => !ip.includes('%')),
  cidr: fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([ip, length]) => `${ip}/${length}`),
  domain,
  host: fc.tuple(label, domain).map((parts) => parts.join('.')),
  url: fc.oneof(url, fc.webUrl({ withQueryParameters: true, withFragments: true })),
  email: fc
    .tuple(fc.stringMatching(/^[a-zA-Z0-9]([a-zA-Z0-9._+-]{0,10}[a-zA-Z0-9])?$/), domain)
    .map((parts) => parts.join('@')),
  md5: hex(32),
  sha1: hex(40),
  sha224: hex(56),
  sha256: hex(64),
  sha384: hex(96),
  sha512: hex(128),
  ssdeep: fc.stringMatching(/^[1-9][0-9]{0,4}:[A-Za-z0-9+/]{6,30}:[A-Za-z0-9+/]{6,30}$/),
  tlsh: fc.tuple(fc.constantFrom('T1', ''), hex(70)).map((parts) => parts.join('')),
  filename: fc.string({ minLength: 1, maxLength: 50 }),
  asn: fc.integer({ min: 1, max: 4_294_967_295 }).map((number) => `as${number}`),
  cve: fc
    .tuple(fc.integer({ min: 1999, max: 2040 }), fc.integer({ min: 1000, max: 999_999 }))
    .map((parts) => `cve-${parts.join('-')}`),
  mutex: fc.string({ minLength: 1 }),
  'registry-key': fc
    .tuple(
      fc.constantFrom('HKLM', 'hkey_users', 'HKCU'),
      fc.stringMatching(/^[A-Za-z0-9]{1,10}(\\[A-Za-z0-9]{1,10}){0,4}$/),
    )
    .map((parts) => parts.join('\\')),
  'user-agent': fc.string({ minLength: 1 }),
  ja3: hex(32),
  ja4: fc.tuple(fc.stringMatching(/^[tqd][0-9a-z]{9}$/), hex(12), hex(12)).map((parts) => parts.join('_')),
  'certificate-hash': fc.oneof(hex(40), hex(64)),
  'crypto-address': fc.oneof(
    hex(40).map((digits) => `0x${digits}`),
    fc.constantFrom(
      '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa',
      'BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4',
      'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t',
    ),
  ),
  'bank-account': fc.stringMatching(/^[0-9]{4,8}[ -][0-9]{4,8}$/),
  'payment-alias': fc.string({ minLength: 1 }),
  'e-wallet': fc.string({ minLength: 1 }),
  phone: fc.integer({ min: 100_000, max: 999_999 }).map((digits) => `+65 61${String(digits)}`),
  'sender-id': fc.string({ minLength: 1, maxLength: 11 }),
  text: fc.string({ minLength: 1 }),
  'x-own': fc.string({ minLength: 1 }),
};
const sound = (type: string): fc.Arbitrary<string> =>
  written[type]!.map((text) => normalise(type, text))
    .filter((result) => 'value' in result)
    .map((result) => result.value);

const one = (type: string, text: string): unknown => {
  const result = normalise(type, text);
  return 'value' in result ? result.value : 'refused';
};

describe('a value has one form', () => {
  it('that stays as it is, whatever it was made of, for each type', () => {
    expect(Object.keys(written)).toEqual(expect.arrayContaining([...OBSERVABLE_TYPES]));
    for (const type of Object.keys(written))
      fc.assert(
        fc.property(sound(type), (value) => {
          expect(one(type, value)).toBe(value);
        }),
      );
  });

  it.each([
    ['ipv4', '192.0.2.1', '192.0.2.1'],
    ['ipv4', '192.0.02.1', 'refused'],
    ['ipv6', '2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['ipv6', 'fe80::1%eth0', 'refused'],
    ['cidr', '192.0.2.77/24', '192.0.2.0/24'],
    ['cidr', '2001:db8::ffff/32', '2001:db8::/32'],
    ['cidr', '192.0.2.0/33', 'refused'],
    ['domain', 'Login-Bank.EXAMPLE.', 'login-bank.example'],
    ['domain', 'bücher.example', 'xn--bcher-kva.example'],
    ['domain', 'ธนาคาร.example', 'xn--12c1c2b4b2c.example'],
    ['domain', 'localhost', 'refused'],
    ['domain', '192.0.2.1', 'refused'],
    ['domain', 'sites.google.com/view/fake-bank', 'refused'],
    ['domain', 'docs.example?id=1', 'refused'],
    ['host', 'docs.example#1', 'refused'],
    ['host', 'docs.example\\x', 'refused'],
    ['host', 'do%63s.example', 'refused'],
    ['host', 'localhost', 'localhost'],
    ['url', 'HTTP://Login-Bank.Example:80/a/../Pay?x=[1]#f', 'http://login-bank.example/Pay?x=%5B1%5D#f'],
    ['url', 'https://bücher.example:443', 'https://xn--bcher-kva.example/'],
    ['url', 'login-bank.example/pay', 'refused'],
    ['url', 'javascript:alert(1)', 'refused'],
    ['email', 'Some.Body@MAIL.Example', 'some.body@mail.example'],
    ['email', 'nobody', 'refused'],
    ['email', 'somebody@mail.example?subject=x', 'refused'],
    ['md5', 'D41D8CD98F00B204E9800998ECF8427E', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['sha1', 'd41d8cd98f00b204e9800998ecf8427e', 'refused'],
    ['asn', '1.10', 'AS65546'],
    ['asn', 'AS0', 'refused'],
    ['cve', 'cve-2026-12345', 'CVE-2026-12345'],
    ['registry-key', 'hklm\\Software\\Run', 'HKEY_LOCAL_MACHINE\\Software\\Run'],
    [
      'certificate-hash',
      'DA:39:A3:EE:5E:6B:4B:0D:32:55:BF:EF:95:60:18:90:AF:D8:07:09',
      'da39a3ee5e6b4b0d3255bfef95601890afd80709',
    ],
    ['crypto-address', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'],
    ['crypto-address', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5', 'refused'],
    ['phone', '+84 (90) 123-45-67', '+84901234567'],
    ['phone', '12345', 'refused'],
    ['bank-account', '0071 0001-23456', '0071000123456'],
    ['text', 'a\u0000b', 'refused'],
    ['text', '   ', 'refused'],
    ['x-own', ' Anything ', 'Anything'],
    ['nothing', 'x', 'refused'],
  ])('%s: %s is %s', (type, text, expected) => {
    // What a Thai name is in ASCII is the platform's to say, and not a letter of this table.
    expect(one(type, text)).toBe(expected.startsWith('xn--12') ? new URL(`http://${text}`).hostname : expected);
  });

  it('and an id of it alone: another type is another, and letter case only where it counts', () => {
    expect(observableId('domain', 'a.example')).toBe(observableId('domain', 'a.example'));
    expect(observableId('domain', 'a.example')).not.toBe(observableId('host', 'a.example'));
    expect(observableId('registry-key', 'HKEY_USERS\\A')).toBe(observableId('registry-key', 'HKEY_USERS\\a'));
    expect(observableId('filename', 'A.exe')).not.toBe(observableId('filename', 'a.exe'));
    expect(observableId('text', 'x')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('defanged', () => {
  it('it can be taken back', () => {
    for (const type of Object.keys(written))
      fc.assert(
        fc.property(sound(type), (value) => {
          expect(refang(type, defang(type, value))).toBe(value);
        }),
      );
  });

  it('it is no link any more', () => {
    expect(defang('url', 'https://login-bank.example/a.b')).toBe('hxxps://login-bank[.]example/a.b');
    expect(defang('email', 'a@mail.example')).toBe('a[@]mail[.]example');
    expect(defang('ipv6', '2001:db8::1')).toBe('2001[:]db8[:][:]1');
  });

  it.each([
    ['url', 'hXXp[:]//login-bank(.)example/pay', 'http://login-bank.example/pay'],
    ['url', 'hxxps[://]login-bank{.}example', 'https://login-bank.example'],
    ['domain', 'login-bank[dot]example', 'login-bank.example'],
    ['email', 'a[at]mail[.]example', 'a@mail.example'],
    ['ipv4', '192[.]0[.]2[.]1', '192.0.2.1'],
  ])('%s %s was %s', (type, text, expected) => {
    expect(refang(type, text)).toBe(expected);
  });
});

describe('of a text', () => {
  const planted = [
    'ipv4',
    'ipv6',
    'cidr',
    'url',
    'email',
    'md5',
    'sha1',
    'sha256',
    'sha512',
    'ssdeep',
    'asn',
    'cve',
    'ja4',
    'phone',
  ] as const;
  const prose = fc
    .array(
      fc.constantFrom(
        'customers',
        'received',
        'messages',
        'ธนาคาร',
        'ngân',
        'hàng',
        'ទូរស័ព្ទ',
        'ငွေ',
        '—',
        'v2',
        '(see',
        'below)',
        'and',
        '2026',
      ),
      { maxLength: 8 },
    )
    .map((words) => words.join(' '));
  /** Not what nobody could tell from the prose: `::1` is a label too, and a bracket that ends a URL may be the sentence's. */
  const isUnlike = ({ type, value }: { type: string; value: string }): boolean =>
    !(type === 'ipv6' && value.length <= 3) && !(type === 'url' && !/^[^()[\]{}]*[a-z0-9/]$/i.test(value));

  it('what was planted is found once, defanged or not, and where it is', () => {
    const item = fc.constantFrom(...planted).chain((type) =>
      fc.record({
        type: fc.constant(type as string),
        value: sound(type),
        isDefanged: fc.boolean(),
        before: prose,
        mark: fc.constantFrom(' ', '. ', ', ', '\n', ') ', '" '),
      }),
    );
    fc.assert(
      fc.property(fc.array(item.filter(isUnlike), { minLength: 1, maxLength: 8 }), prose, (items, end) => {
        let text = '';
        const expected = items.map(({ type, value, isDefanged, before, mark }) => {
          text += `${before} `;
          const start = text.length;
          text += isDefanged ? defang(type, value) : value;
          const found = { type, value, start, end: text.length };
          text += mark;
          return found;
        });
        expect(extract(text + end)).toEqual(expected);
      }),
      { numRuns: 3000 },
    );
  });

  it('names, files and wallets are told from one another and from words', () => {
    const text = [
      'ลูกค้าเข้าlogin.bank.co.thแล้ว; see www[.]login-bank[.]example or evil-bank.com.',
      'It drops update.exe and report.pdf.zip under HKCU\\Software\\Run, e.g. on node v1.2.3.4 at 10.0.0.1.',
      'Pay to 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa (not 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb) or DE89 3704 0044 0532 0130 00.',
      '<a href="hxxp://login-bank[.]example/pay?x=(1)">here</a>, mail pay@login-bank.example!',
    ].join('\n');
    expect(extract(text).map(({ type, value, start, end }) => [type, value, text.slice(start, end)])).toEqual([
      ['host', 'login.bank.co.th', 'login.bank.co.th'],
      ['host', 'www.login-bank.example', 'www[.]login-bank[.]example'],
      ['domain', 'evil-bank.com', 'evil-bank.com'],
      ['filename', 'update.exe', 'update.exe'],
      ['filename', 'report.pdf.zip', 'report.pdf.zip'],
      ['registry-key', 'HKEY_CURRENT_USER\\Software\\Run', 'HKCU\\Software\\Run'],
      ['ipv4', '10.0.0.1', '10.0.0.1'],
      ['crypto-address', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'],
      ['bank-account', 'DE89370400440532013000', 'DE89 3704 0044 0532 0130 00'],
      ['url', 'http://login-bank.example/pay?x=(1)', 'hxxp://login-bank[.]example/pay?x=(1)'],
      ['email', 'pay@login-bank.example', 'pay@login-bank.example'],
    ]);
  });

  it('a hostile one takes no longer than its length', () => {
    for (const piece of ['a.', 'a-', '1.1.1.', ':::', 'hxxp://a', 'a@', '((((', 'T1aa', '0x0x', '+1 (', 'ก.']) {
      // Of the processor, which does not grow with what else runs there.
      const began = process.cpuUsage();
      extract(piece.repeat(Math.floor(100_000 / piece.length)));
      expect(process.cpuUsage(began).user / 1e3).toBeLessThan(4_000);
    }
  });
});

describe('one value in another', () => {
  /** Whether whoever looks around `of` finds `found`. */
  const finds = (of: [string, string], found: [string, string]): boolean => {
    const { around, names, addresses } = surroundingsOf(...of);
    const { namePath, address } = placeOf(...found);
    return (
      around.includes(observableId(...found)) ||
      (names !== null && namePath !== null && namePath >= names.from && namePath < names.to) ||
      (addresses !== null && address === addresses.low)
    );
  };

  it.each<[[string, string], [string, string], boolean]>([
    [['domain', 'bank.example'], ['host', 'www.bank.example'], true],
    [['domain', 'bank.example'], ['url', 'http://www.bank.example/pay'], true],
    [['domain', 'bank.example'], ['email', 'a@bank.example'], true],
    [['domain', 'bank.example'], ['domain', 'bank-two.example'], false],
    [['domain', 'bank.example'], ['domain', 'mybank.example'], false],
    [['domain', 'com'], ['domain', 'bank.com'], false],
    [['host', 'www.bank.example'], ['domain', 'bank.example'], true],
    [['host', 'www.bank.example'], ['url', 'http://www.bank.example/'], true],
    [['host', 'www.bank.example'], ['url', 'http://a.www.bank.example/'], false],
    [['url', 'http://www.bank.example/pay'], ['host', 'www.bank.example'], true],
    [['url', 'http://www.bank.example/pay'], ['domain', 'bank.example'], true],
    [['url', 'http://192.0.2.7/pay'], ['ipv4', '192.0.2.7'], true],
    [['ipv4', '192.0.2.7'], ['url', 'http://192.0.2.7/pay'], true],
    [['ipv4', '192.0.2.7'], ['cidr', '192.0.2.0/24'], true],
    [['ipv4', '192.0.2.7'], ['cidr', '192.0.3.0/24'], false],
    [['cidr', '192.0.2.0/24'], ['cidr', '192.0.0.0/16'], true],
    [['ipv6', '2001:db8::7'], ['cidr', '2001:db8::/32'], true],
    [['email', 'a@bank.example'], ['domain', 'bank.example'], true],
    [['md5', 'd41d8cd98f00b204e9800998ecf8427e'], ['md5', 'd41d8cd98f00b204e9800998ecf8427e'], false],
  ])('%j and %j: %s', (of, found, expected) => {
    expect(finds(of, found)).toBe(expected);
  });
});

describe('what is hardly ever malicious', () => {
  it.each([
    ['ipv4', '10.1.2.3', 'special-address'],
    ['ipv4', '100.64.0.1', 'special-address'],
    ['ipv6', '::ffff:10.1.2.3', 'special-address'],
    ['cidr', '192.168.0.0/16', 'special-address'],
    ['cidr', '11.0.0.0/7', 'wide-network'],
    ['ipv4', '8.8.8.8', 'public-resolver'],
    ['url', 'http://9.9.9.9/x', 'public-resolver'],
    ['domain', 'google.com', 'top-site'],
    ['host', 'www.youtube.com', 'top-site'],
    ['url', 'https://www.youtube.com/', 'top-site'],
    ['url', 'https://www.youtube.com/watch?v=1', ''],
    ['domain', 'co.th', 'public-suffix'],
    ['domain', 'login-bank.example', 'reserved-name'],
    ['sha256', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'empty-file'],
    ['ipv4', '45.33.32.156', ''],
  ])('%s %s: %s', (type, value, list) => {
    expect(warnings(type, value).map((each) => each.list)).toEqual(list === '' ? [] : [list]);
  });

  it('is not said of a list that is switched off', () => {
    expect(warnings('ipv4', '10.1.2.3', ['top-site'])).toEqual([]);
  });
});
