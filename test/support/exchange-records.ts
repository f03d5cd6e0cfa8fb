import fc from 'fast-check';
import type { ExchangeRecord, RecordObservable, RecordOrganisation } from '../../src/codecs/record/index.js';
import { SIGHTING_KINDS } from '../../src/codecs/record/index.js';
import { PAP, TLP } from '../../src/kernel/markings.js';
import { RSIT_CLASSES, rsitTypes } from '../../src/kernel/rsit.js';

/** What breaks writers: quotes, escapes, scripts, controls, words that mean something elsewhere. */
const hostile = [
  "'",
  '"',
  '\\',
  "\\'",
  '|',
  'a|b',
  '[x]',
  "'] OR [file:name = '",
  '\n',
  '\t',
  '\u0000',
  '<script>alert(1)</script>',
  '=1+1',
  '__proto__',
  'constructor',
  'null',
  '0',
  'สวัสดี',
  'မင်္ဂလာ',
  '👩‍🚀',
  'e\u0301',
  '\u202Egpj.exe',
  'tlp:clear',
  'ronda:x="y"',
];
const word = fc.oneof(
  { weight: 3, arbitrary: fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }) },
  { weight: 2, arbitrary: fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }) },
  { weight: 2, arbitrary: fc.constantFrom(...hostile) },
  { weight: 1, arbitrary: fc.constantFrom(...hostile).map((each) => `  ${each}${each} `) },
);
const instant = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
const uuid = fc.uuid({ version: 4 });
const country = fc.constantFrom('VN', 'TH', 'LA', 'MM', 'KH', 'ID');

const organisation: fc.Arbitrary<RecordOrganisation> = fc.record({
  id: uuid,
  name: word,
  country: maybe(country),
  modifiedAt: instant,
});

const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({ minLength: length, maxLength: length, unit: fc.constantFrom(...'0123456789abcdef') });
const host = fc.domain();
const typical: [string, fc.Arbitrary<string>][] = [
  ['ipv4', fc.ipV4()],
  ['ipv6', fc.ipV6()],
  [
    'cidr',
    fc.oneof(fc.tuple(fc.ipV4(), fc.nat(32)), fc.tuple(fc.ipV6(), fc.nat(128))).map(([at, bits]) => `${at}/${bits}`),
  ],
  ['domain', host],
  ['hostname', host],
  ['url', fc.webUrl({ withFragments: true, withQueryParameters: true })],
  ['email', fc.emailAddress()],
  ['md5', hex(32)],
  ['sha1', hex(40)],
  ['sha224', hex(56)],
  ['sha256', hex(64)],
  ['sha384', hex(96)],
  ['sha512', hex(128)],
  [
    'ssdeep',
    fc.constant('96:s4Ud1Lj96tHHlZDrwciQmA+4uy1I0G4HYuL8N3TzS8QsO/wqWXLcMSx:sF1LjEtHHlZDrJzrhuyZvHYm8tKp/RWO'),
  ],
  ['tlsh', hex(70).map((each) => `T1${each.toUpperCase()}`)],
  ['filename', word],
  ['asn', fc.nat(4_294_967_295).map((number) => `AS${number}`)],
  ['cve', fc.nat(99_999).map((number) => `CVE-2026-${String(number).padStart(4, '0')}`)],
  ['mutex', word],
  ['registry-key', fc.constantFrom('HKEY_LOCAL_MACHINE\\Software\\Run', 'HKLM\\Software\\Run', 'HKCU\\x')],
  ['user-agent', word],
  ['ja3', hex(32)],
  ['certificate-hash', fc.oneof(hex(40), hex(64))],
  ['crypto-address', fc.constant('bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq')],
  ['bank-account', fc.constantFrom('0071000123456', 'GB82WEST12345698765432')],
  ['mac-address', fc.constant('00:1b:63:84:45:e6')],
];
/** As the observables module has them, and values that their types do not fit: a codec loses neither. */
const value = fc.oneof(
  { weight: 5, arbitrary: fc.oneof(...typical.map(([type, of]) => of.map((text) => ({ type, value: text })))) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...typical.map(([type]) => type)), word)
      .map(([type, text]) => ({ type, value: text })),
  },
  { weight: 1, arbitrary: fc.tuple(word, word).map(([type, text]) => ({ type, value: text })) },
);
const observable: fc.Arbitrary<RecordObservable> = fc
  .tuple(
    value,
    fc.record({
      forDetection: fc.boolean(),
      comment: maybe(word),
      firstSeen: maybe(instant),
      lastSeen: maybe(instant),
    }),
  )
  .map(([what, facts]) => ({ ...what, ...facts }));
const keyOf = (each: { type: string; value: string }): string => JSON.stringify([each.type, each.value]);

const rsit = fc.constantFrom(
  ...RSIT_CLASSES.flatMap((name) => rsitTypes(name).map((type) => ({ class: name, type: type }))),
);
const tag = fc.oneof(
  fc.constantFrom(
    'campaign:name="lotus"',
    'tlp:clear',
    'rsit:fraud="phishing"',
    'ronda:status="closed"',
    'veris:asset.cloud',
  ),
  word.map((text) => `note:x="${text}"`),
);
const reference = fc.record({
  source: fc.oneof(fc.constantFrom('ticket', 'cve', 'capec', 'mitre-attack'), word),
  id: maybe(fc.oneof(fc.constantFrom('CVE-2026-0001', 'CAPEC-1'), word)),
  url: maybe(fc.oneof(fc.webUrl(), word)),
  description: maybe(word),
});
const fraud = fc.record({
  modus: maybe(word),
  channel: maybe(word),
  impersonated: maybe(word),
  instruments: fc.array(
    fc.record({
      type: fc.constantFrom('bank-account', 'e-wallet', 'phone'),
      value: word,
      country: maybe(country),
      bank: maybe(word),
      expiresAt: maybe(instant),
      isDisputed: fc.boolean(),
    }),
    { maxLength: 3 },
  ),
  loss: maybe(
    fc.record({
      amount: fc.constantFrom('12500.00', '0.0001', '999999999999999999'),
      currency: fc.constantFrom('VND', 'THB'),
    }),
  ),
  victims: maybe(fc.nat(2_000_000_000)),
});
const severity = fc.record({
  scheme: fc.constantFrom('asean', 'nciss'),
  factors: fc
    .array(fc.tuple(fc.constantFrom('functionalImpact', 'informationImpact', 'sector', 'constructor'), word))
    .map((factors) => Object.fromEntries(factors)),
  score: fc.integer({ min: 0, max: 1000 }).map((tenths) => tenths / 10),
  band: fc.constantFrom('low', 'high'),
});

/** Incidents with everything that they may hold, and hostile texts wherever a person may write. */
export const exchangeRecord: fc.Arbitrary<ExchangeRecord> = fc
  .record({
    id: uuid,
    times: fc.tuple(instant, instant),
    status: fc.constantFrom('draft', 'submitted', 'triaged', 'investigating', 'contained', 'closed', 'reopened'),
    title: word,
    description: maybe(word),
    language: maybe(fc.constantFrom('en', 'th', 'vi', 'id')),
    occurredAt: maybe(instant),
    detectedAt: maybe(instant),
    reportedAt: maybe(instant),
    containedAt: maybe(instant),
    resolvedAt: maybe(instant),
    rsit: maybe(rsit),
    marking: fc.record({ tlp: maybe(fc.constantFrom(...TLP)), pap: maybe(fc.constantFrom(...PAP)) }),
    severity: maybe(severity),
    sector: maybe(fc.constantFrom('finance', 'health')),
    countries: fc.uniqueArray(country, { maxLength: 3 }),
    tags: fc.uniqueArray(tag, { maxLength: 5 }),
    techniques: fc.uniqueArray(fc.constantFrom('T1566', 'T1566.002', 'AML.T0051', 'T1059.001'), { maxLength: 3 }),
    externalReferences: fc.array(reference, { maxLength: 4 }),
    fraud: maybe(fraud),
    organisation: maybe(organisation),
    alias: maybe(word),
    observables: fc.uniqueArray(observable, { maxLength: 8, selector: keyOf }),
    mitigations: fc.array(fc.record({ name: word, description: maybe(word) }), { maxLength: 2 }),
    relatedIds: fc.uniqueArray(uuid, { maxLength: 2 }),
    notes: fc.uniqueArray(
      fc.record({ id: uuid, text: word, createdAt: instant, organisation: maybe(organisation), alias: maybe(word) }),
      { maxLength: 3, selector: ({ id }) => id },
    ),
  })
  .chain(({ times, ...rest }) =>
    fc
      .uniqueArray(
        fc.record({
          id: uuid,
          observable:
            rest.observables.length === 0
              ? fc.constant(null)
              : maybe(fc.constantFrom(...rest.observables.map(({ type, value: text }) => ({ type, value: text })))),
          kind: fc.constantFrom(...SIGHTING_KINDS),
          at: instant,
          count: fc.integer({ min: 1, max: 1_000_000 }),
          detector: maybe(word),
          organisation: maybe(organisation),
        }),
        { maxLength: 4, selector: ({ id }) => id },
      )
      .map((sightings) => {
        const [createdAt, modifiedAt] = [...times].sort() as [string, string];
        return { ...rest, createdAt, modifiedAt, sightings };
      }),
  );
