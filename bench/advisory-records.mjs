// One advisory, with its revisions, its review, its release, its postings and what its readers left.
import { audienceOf } from './records.mjs';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Whom advisories are for, in percent: most are for the community or for anybody. */
const SHARING = [
  ['draft', 2],
  ['public', 24],
  ['community', 36],
  ['partners', 9],
  ['group', 13],
  ['organisations', 11],
  ['strict', 4],
  ['red', 1],
];
/** Of the newest tenth, those that are still under review. */
const UNDER_REVIEW = 0.04;
const ACKNOWLEDGED_WITHIN_HOURS = 72;

/** What the tables hold for advisory `key`, drafted at `at` (ms). @param isRecent whether it is of the newest tenth. */
export function makeAdvisory(key, at, world, { roll, tellings, readers, isRecent, end }) {
  const cert = roll.weighted([...world.certs, ...world.partners].map((each) => [each, each.volume]));
  const others = world.certs.filter((each) => each !== cert);
  const stage = isRecent && roll.chance(UNDER_REVIEW) ? 'in-review' : roll.weighted(SHARING);
  const isOut = stage !== 'draft' && stage !== 'in-review';
  const { tlp, audience, principals } = audienceOf(isOut ? stage : 'community', cert, at, world, roll);
  const isRed = tlp === 'TLP:RED';
  const [author, approver] = roll.some(cert.users, 2);
  const ownerReaders = [isRed ? author.key : cert.key];
  const joint = stage === 'community' && roll.chance(0.03) ? [roll.one(others)] : [];
  const { kind, content } = roll.one(tellings);
  const isToAcknowledge = isOut && stage !== 'public' && roll.chance(0.02);
  const revision = (more) => ({
    audience: ownerReaders,
    authorKey: author.key,
    version: '1.0.0',
    summaryOfChanges: null,
    tlp,
    kind,
    chosen: audience,
    joint: joint.map((each) => each.key),
    acknowledgeWithinHours: isToAcknowledge ? ACKNOWLEDGED_WITHIN_HOURS : null,
    // Numbered as a CERT numbers what it issues, so that no two are the same.
    content: { ...content, title: `${content.title} (${cert.country}-A-${key})` },
    publishedAt: null,
    publishedBy: null,
    acknowledgeBy: null,
    ...more,
  });
  const revisions = [revision({ createdAt: new Date(at) })];
  if (roll.chance(0.3)) revisions.push(revision({ createdAt: new Date(at + HOUR_MS) }));

  const base = { key, id: roll.uuid(), cert, author, ownerReaders, revisions, submittedAt: new Date(at + 2 * HOUR_MS) };
  const mine = ownerReaders.map((principal) => [principal, new Date(at)]);
  if (stage === 'draft')
    return { ...base, ...unpublished(ownerReaders), submittedAt: null, status: 'draft', postings: mine };
  if (stage === 'in-review') {
    const invited = roll.chance(0.4) ? roll.some(others, 1 + roll.below(2)) : [];
    const invitedAt = new Date(at + 3 * HOUR_MS);
    return {
      ...base,
      ...unpublished(ownerReaders),
      status: 'in-review',
      reviewers: invited.map((each) => each.key),
      reviewBy: roll.chance(0.5) ? new Date(end + roll.below(72) * HOUR_MS) : null,
      invitations: invited.map((each) => ({ id: roll.uuid(), principal: each.key, by: author.key, at: invitedAt })),
      changes: roll.chance(0.2)
        ? [{ id: roll.uuid(), number: revisions.length, by: roll.one(invited[0]?.users ?? [approver]), at: invitedAt }]
        : [],
      postings: [...mine, ...invited.map((each) => [each.key, invitedAt])],
    };
  }

  const publish = (number, publishedAt) => {
    Object.assign(revisions[number - 1], {
      audience: union(ownerReaders, revisions[number - 1].joint, principals),
      publishedAt,
      publishedBy: approver.key,
      acknowledgeBy: isToAcknowledge ? new Date(publishedAt.getTime() + ACKNOWLEDGED_WITHIN_HOURS * HOUR_MS) : null,
    });
  };
  const firstOut = new Date(at + roll.between(4 * HOUR_MS, 3 * DAY_MS));
  publish(revisions.length, firstOut);
  let newestOut = firstOut;
  if (roll.chance(0.12)) {
    newestOut = new Date(firstOut.getTime() + roll.between(HOUR_MS, 4 * DAY_MS));
    revisions.push(revision({ version: '1.1.0', summaryOfChanges: 'More is known of it.', createdAt: newestOut }));
    publish(revisions.length, newestOut);
  }
  const isWithdrawn = roll.chance(0.01);
  const number = revisions.length;
  const readable = isWithdrawn ? ownerReaders : revisions[number - 1].audience;
  return {
    ...base,
    ...unpublished(readable),
    status: isWithdrawn ? 'withdrawn' : 'published',
    published: number,
    withdrawnAt: isWithdrawn ? new Date(newestOut.getTime() + DAY_MS) : null,
    approvals: revisions.flatMap(({ publishedAt }, index) =>
      publishedAt === null
        ? []
        : [approver, ...joint.map((each) => each.users[1])].map((by) => ({ number: index + 1, by, at: publishedAt })),
    ),
    release: {
      id: roll.uuid(),
      revision: number,
      audience,
      principals,
      by: approver.key,
      at: newestOut,
      status: isWithdrawn ? 'superseded' : 'released',
    },
    receipts: receiptsOf(),
    postings: readable.map((principal) => [principal, ownerReaders.includes(principal) ? new Date(at) : firstOut]),
  };

  /** Who read it, and of those that were asked to acknowledge it who did: all but the newest, or nearly. */
  function receiptsOf() {
    return readers
      .filter(({ organisation, held }) => organisation !== cert && readable.some((principal) => held.has(principal)))
      .flatMap(({ organisation }) => {
        const hour = new Date(Math.ceil(newestOut.getTime() / HOUR_MS) * HOUR_MS);
        const isDone = isToAcknowledge && roll.chance(end - newestOut.getTime() > 20 * DAY_MS ? 0.99 : 0.7);
        const one = (what) => ({ reader: organisation.key, number, kind: what, at: hour });
        return [...(isDone || roll.chance(0.3) ? [one('delivered')] : []), ...(isDone ? [one('acknowledged')] : [])];
      });
  }
}

const unpublished = (audience) => ({
  audience,
  reviewers: [],
  published: null,
  reviewBy: null,
  withdrawnAt: null,
  approvals: [],
  invitations: [],
  changes: [],
  receipts: [],
  release: null,
});

const union = (...lists) => [...new Set(lists.flat())];
