// One incident, with its revisions, its release and its postings.
import { COMMUNITY, PARTNERS, PUBLIC } from './world.mjs';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** RSIT class, type, how often, and what such reports say. */
const KINDS = [
  [['fraud', 'phishing'], 30, 'Bank phishing wave by SMS', ['T1566.002', 'T1656']],
  [['fraud', 'masquerade'], 9, 'Investment scam in the name of a ministry', ['T1656']],
  [['malicious-code', 'infected-system'], 12, 'Infected hosts reported by a sinkhole', ['T1071.001']],
  [['malicious-code', 'c2-server'], 6, 'Command and control on a rented server', ['T1071.001', 'T1583.003']],
  [['malicious-code', 'malware-distribution'], 6, 'Loader spread through a fake invoice', ['T1566.001', 'T1204.002']],
  [['intrusions', 'system-compromise'], 7, 'Web shell on a public server', ['T1190', 'T1505.003']],
  [['intrusions', 'privileged-account-compromise'], 4, 'Administrator account misused', ['T1078.002']],
  [['intrusion-attempts', 'brute-force'], 6, 'Password spraying against mail gateways', ['T1110.003']],
  [['availability', 'ddos'], 6, 'Denial of service against a portal', ['T1498.001']],
  [['information-content-security', 'data-leak'], 6, 'Customer records offered for sale', ['T1567']],
  [['vulnerable', 'vulnerable-system'], 8, 'Unpatched appliance reachable from the internet', ['T1190']],
].map(([rsit, weight, title, techniques]) => [{ rsit, title, techniques }, weight]);

const PARAGRAPHS = [
  'Customers of several banks received messages that lead to a copy of the sign-in page. The page asks for the **one-time code** and forwards it within seconds.',
  'The first sighting was in the logs of a mail gateway; two further organisations confirmed the same sender and the same links.',
  'The hosting provider was told and has answered. The domain was registered four days before and answers from three addresses.',
  'No exfiltration was seen so far. Affected accounts were locked, sessions ended, and customers are being told.',
  'Indicators are attached in the next revision. *Please do not act on them in public* before the take-down is through.',
  'The same actor was seen last quarter with another lure; the kit is identical but for the language of its pages.',
];

const STATUS_AFTER = ['triaged', 'investigating', 'contained', 'closed'];

/** How records are shared, in percent. The wide reader sees most of it; the public hears of incidents rarely. */
const SHARING = [
  ['draft', 6],
  ['own', 8],
  ['community', 36],
  ['partners', 9],
  ['public', 0.1],
  ['group', 20],
  ['organisations', 12.9],
  ['strict', 4],
  ['red', 4],
];

/** What the tables hold for record `key`, first filed at `at` (ms). */
export function makeRecord(key, at, world, { roll, region, assessSeverity }) {
  const cert = roll.weighted([...world.certs, ...world.partners].map((each) => [each, each.volume]));
  const sharing = roll.weighted(SHARING);
  const isRed = sharing === 'red';
  const constituents = world.constituents.filter(({ parent }) => parent === cert);
  const filer = constituents.length > 0 && !isRed && roll.chance(0.2) ? roll.one(constituents) : null;
  // A constituent's draft is still its own; what it submitted is its CERT's.
  const owner = filer !== null && sharing === 'draft' ? filer : cert;
  const author = roll.one(filer?.users ?? cert.users);
  const ownerReaders = [isRed ? author.key : owner.key];
  const filerKey = filer !== null && owner === cert ? filer.key : null;

  const releasedAt = at + roll.between(10 * MINUTE_MS, 5 * 24 * HOUR_MS);
  const { tlp, audience, principals } = audienceOf(sharing, cert, releasedAt, world, roll);
  const isReleased = audience.length > 0;
  const content = contentOf(roll, cert, region);
  const severity = assessSeverity(content, region);
  const { rsit, sector, countries, severity: given, ...said } = content;
  const rest = Object.fromEntries(Object.entries(said).filter(([name]) => name !== 'marking'));

  const id = roll.uuid();
  const filed = {
    change: 'filed',
    status: 'draft',
    audience: filerKey === null ? ownerReaders : [filerKey],
    authorKey: author.key,
    createdAt: new Date(at),
    tlp,
  };
  const revisions = [filed];
  if (sharing !== 'draft') {
    const handling = roll.one(cert.users);
    const side = filerKey === null ? ownerReaders : [...ownerReaders, filerKey];
    revisions.push({
      ...filed,
      change: 'submitted',
      status: 'submitted',
      audience: side,
      createdAt: new Date(at + 5 * MINUTE_MS),
    });
    if (roll.chance(0.4)) {
      const status = roll.one(STATUS_AFTER);
      // Some are released after they were looked into, others before: then the newest revision is the owner's alone.
      const createdAt = new Date(roll.chance(0.5) ? at + 8 * MINUTE_MS : releasedAt + HOUR_MS);
      revisions.push({ ...filed, change: status, status, audience: ownerReaders, authorKey: handling.key, createdAt });
    }
  }
  let release = null;
  if (isReleased) {
    const bound = revisions.findLastIndex(({ createdAt }) => createdAt.getTime() <= releasedAt);
    revisions[bound] = { ...revisions[bound], audience: union(revisions[bound].audience, principals) };
    release = {
      id: roll.uuid(),
      revision: bound + 1,
      tlp,
      audience,
      principals,
      requestedBy: isRed ? author.key : cert.users[1].key,
      confirmedBy: tlp === 'TLP:GREEN' || tlp === 'TLP:CLEAR' ? cert.users[0].key : null,
      at: new Date(releasedAt),
    };
  }

  const everyReader = union(ownerReaders, filerKey === null ? [] : [filerKey], principals);
  return {
    incident: {
      key,
      id,
      ownerKey: owner.key,
      authorKey: author.key,
      filerKey,
      ownerReaders,
      audience: everyReader,
      createdAt: new Date(at),
      rsitClass: rsit.class,
      rsitType: rsit.type,
      score: severity.shared?.score ?? null,
      band: severity.shared?.band ?? null,
      sector,
      countries,
      facts: { ...rest, severity: { ...severity, given } },
      revisions,
    },
    release,
    postings: everyReader.map((principal) => [
      principal,
      new Date(ownerReaders.includes(principal) || principal === filerKey ? at : releasedAt),
    ]),
  };
}

/** Audience items as the API has them, and the principals they resolve to at `at`. */
function audienceOf(sharing, cert, at, { certs, partners, constituents, groups }, roll) {
  const others = certs.filter((each) => each !== cert);
  const nobody = { audience: [], principals: [] };
  const toOrganisations = (count) => {
    // Now and then a CERT passes on to constituents of its own or of another.
    const pool = roll.chance(0.15) ? [...others, ...constituents, ...partners] : others;
    const named = roll.some(pool, count);
    return { audience: named.map(({ id }) => ({ organisation: id })), principals: named.map(({ key }) => key) };
  };
  switch (sharing) {
    case 'draft':
      return { tlp: roll.one(['TLP:AMBER', 'TLP:GREEN', null]), ...nobody };
    case 'own':
      return { tlp: roll.one(['TLP:AMBER', 'TLP:GREEN', 'TLP:AMBER+STRICT']), ...nobody };
    case 'community':
      return { tlp: 'TLP:GREEN', audience: ['community'], principals: COMMUNITY };
    case 'partners':
      return { tlp: 'TLP:GREEN', audience: ['community', 'partners'], principals: [...COMMUNITY, ...PARTNERS] };
    case 'public':
      return { tlp: 'TLP:CLEAR', audience: ['public'], principals: [PUBLIC] };
    case 'group': {
      const mine = groups.filter(({ members }) => members.some(({ organisation }) => organisation === cert));
      if (mine.length === 0) return { tlp: 'TLP:AMBER', ...toOrganisations(2) };
      const group = roll.one(mine);
      const named = roll.chance(0.2) ? roll.some(others, 1) : [];
      return {
        tlp: roll.one(['TLP:AMBER', 'TLP:AMBER', 'TLP:GREEN']),
        audience: [{ group: group.id }, ...named.map(({ id }) => ({ organisation: id }))],
        principals: [group.epochs.findLast(({ began }) => began <= at).principal, ...named.map(({ key }) => key)],
      };
    }
    case 'organisations':
      return { tlp: 'TLP:AMBER', ...toOrganisations(1 + roll.below(4)) };
    case 'strict':
      return { tlp: 'TLP:AMBER+STRICT', ...toOrganisations(1 + roll.below(2)) };
    case 'red': {
      const named = roll.some(others, 1 + roll.below(2)).map(({ users }) => roll.one(users));
      return {
        tlp: 'TLP:RED',
        audience: named.map(({ id }) => ({ user: id })),
        principals: named.map(({ key }) => key),
      };
    }
  }
  throw new Error(`No such sharing: ${sharing}`);
}

function contentOf(roll, cert, region) {
  const kind = roll.weighted(KINDS);
  const [rsitClass, rsitType] = kind.rsit;
  const detected = START_OF_TIMES + roll.below(900) * 24 * HOUR_MS + roll.below(86_400) * 1000;
  const time = (hours) => new Date(detected + hours * HOUR_MS).toISOString();
  const isClosed = roll.chance(0.5);
  return {
    title: `${kind.title} (${cert.country}-${roll.hex(6)})`,
    description: roll.some(PARAGRAPHS, 2 + roll.below(3)).join('\n\n'),
    language: 'en',
    rsit: { class: rsitClass, type: rsitType },
    marking: { tlp: null, pap: 'PAP:GREEN' },
    occurredAt: roll.chance(0.7) ? time(-8) : null,
    detectedAt: time(0),
    reportedAt: time(1),
    containedAt: isClosed ? time(30) : null,
    resolvedAt: isClosed ? time(72) : null,
    sector: roll.one(region.sectors).id,
    countries: [...new Set([cert.country, ...roll.some(COUNTRIES, roll.below(3))])].filter(Boolean).sort(),
    severity: {
      functionalImpact: roll.one(['none', 'minimal', 'degraded-non-critical', 'degraded-critical']),
      informationImpact: roll.one(['none', 'suspected', 'personal-data', 'credentials']),
      recoverability: roll.one(['regular', 'supplemented', 'extended']),
    },
    fraud: rsitClass === 'fraud' ? fraudOf(roll, cert) : null,
    techniques: kind.techniques,
    tags: [
      `campaign:name="${roll.one(['lotus', 'monsoon', 'banyan', 'garuda', 'orchid'])}"`,
      `bench:batch="${roll.hex(4)}"`,
    ],
    externalReferences: [{ source: 'ticket', id: `${cert.country}-${2024 + roll.below(3)}-${roll.below(99_999)}` }],
  };
}

const fraudOf = (roll, cert) => ({
  modus: 'An SMS in the name of a bank leads to a copied sign-in page that forwards the one-time code.',
  channel: roll.one(['sms', 'messenger', 'voice', 'mail']),
  impersonated: roll.one(['Example Bank', 'Post Office', 'Revenue Department', 'Telecom Example']),
  instruments: [
    {
      type: 'bank-account',
      value: `00${roll.hex(10).replaceAll(/[a-f]/g, '7')}`,
      country: cert.country,
      bank: 'Example Bank',
    },
    { type: 'phone', value: `+66${100_000_000 + roll.below(800_000_000)}` },
  ].slice(0, 1 + roll.below(2)),
  loss: { amount: `${1000 + roll.below(900_000)}.00`, currency: 'VND' },
  victims: roll.below(400),
});

const START_OF_TIMES = Date.UTC(2024, 0, 1);
const COUNTRIES = ['BN', 'KH', 'ID', 'LA', 'MY', 'MM', 'PH', 'SG', 'TH', 'TL', 'VN'];

const union = (...lists) => [...new Set(lists.flat())];
