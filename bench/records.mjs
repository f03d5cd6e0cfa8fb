// One incident, with its revisions, its release and its postings.
import { COMMUNITY, PARTNERS, PUBLIC } from './world.mjs';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

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
export function makeRecord(key, at, world, { roll, region, tellings, assessSeverity }) {
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
  const content = contentOf(roll, cert, key, at, tellings);
  const severity = assessSeverity(content, region);
  const { rsit, sector, countries, severity: given, ...rest } = content;

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
export function audienceOf(sharing, cert, at, { certs, partners, constituents, groups }, roll) {
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

/** One of the region's tellings, as this CERT would file it at `at`. */
function contentOf(roll, cert, key, at, tellings) {
  const filing = roll.one(tellings.get(cert.country) ?? tellings.get(null));
  const time = (hours) => new Date(at + hours * HOUR_MS).toISOString();
  const isClosed = roll.chance(0.5);
  return {
    // Numbered as a CERT numbers its cases, so that no two are the same.
    title: `${filing.title} (${cert.country}-${key.toString(36).toUpperCase()})`,
    description: filing.description,
    language: filing.language,
    rsit: filing.rsit,
    occurredAt: roll.chance(0.7) ? time(-8) : null,
    detectedAt: time(-1),
    reportedAt: time(0),
    containedAt: isClosed ? time(30) : null,
    resolvedAt: isClosed ? time(72) : null,
    sector: filing.sector,
    countries: [...new Set([cert.country, ...filing.countries.filter(() => roll.chance(0.5))])].filter(Boolean).sort(),
    severity: filing.severity ?? null,
    fraud: filing.fraud ?? null,
    techniques: filing.techniques,
    tags: filing.tags,
    externalReferences: [{ source: 'ticket', id: `${cert.country}-${key}` }],
  };
}

const union = (...lists) => [...new Set(lists.flat())];
