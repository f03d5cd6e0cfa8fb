import type pg from 'pg';
import { FILTERED_SEARCH } from '../../migrations/search-function.js';

/** A rule of the database, broken on purpose. */
export interface Mutation {
  /** What is wrong then. */
  name: string;
  /** Nothing of a record changes hands with it, as no audience can name that principal. */
  isInPrincipalsAlone?: true;
  /** Of a policy: its condition instead. Of a function: what stands in its body, and what stands there instead. */
  how: Broken | Broken[];
}

type Broken = { policy: string; on: string; using: string } | { in: string; replace: string; by: string };

const held = '(select ronda.reader_principals())::int[]';
const here = 'space = (select ronda.space())';
const readable = (key: string): string =>
  `exists (select from ronda.incident i where i.space = (select ronda.space()) and i.key = ${key})`;
const derive = 'ronda.derive_principals()';
const besides = 'ronda.held_besides(int, text, text, int, text, boolean)';
const veils = 'ronda.veils_of(int, int)';
const search = `ronda.${FILTERED_SEARCH}`;
const account = 'ronda.reader_account()';
const standing = 'ronda.standing_pass_ons(int)';

export const mutations: Mutation[] = [
  {
    name: 'a comment for few is found by all readers',
    how: { in: search, replace: 'and (c.readers is null or c.readers && held)', by: '' },
  },
  {
    name: 'what is not released yet is found, and what is, is not',
    how: { in: search, replace: 'r.audience && held', by: 'true' },
  },
  {
    name: 'what revisions said before is found too',
    how: { in: search, replace: 'then d.number = (', by: 'then d.number <= (' },
  },
  {
    name: 'search finds what is on nobody’s list',
    how: { in: search, replace: 's.principal_key = any (held)', by: 'true' },
  },
  {
    name: 'a record is readable from any space',
    how: { policy: 'incident_read', on: 'incident', using: `audience && ${held}` },
  },
  {
    name: 'a revision is readable where its record is not',
    how: { policy: 'incident_revision_read', on: 'incident_revision', using: `${here} and audience && ${held}` },
  },
  {
    name: 'whoever reads a record reads all its revisions',
    how: {
      policy: 'incident_revision_read',
      on: 'incident_revision',
      using: `${here} and ${readable('incident_key')}`,
    },
  },
  {
    name: 'a comment is readable where its record is not',
    // Said twice: by the comment's own policy, and by the one that keeps it from those to whom the record was passed on.
    how: [
      {
        policy: 'incident_comment_read',
        on: 'incident_comment',
        using: `${here} and (readers is null or readers && ${held})`,
      },
      { policy: 'incident_comment_not_passed_on', on: 'incident_comment', using: 'true' },
    ],
  },
  {
    name: 'a comment for few is read by all readers',
    how: { policy: 'incident_comment_read', on: 'incident_comment', using: `${here} and ${readable('incident_key')}` },
  },
  {
    name: 'a link is readable from its one end',
    how: { policy: 'incident_link_read', on: 'incident_link', using: `${here} and ${readable('from_key')}` },
  },
  {
    name: 'the drawer is open to whoever reads the record',
    how: {
      policy: 'authorship_drawer_read',
      on: 'authorship_drawer',
      using: `${here} and ${readable('incident_key')}`,
    },
  },
  {
    name: 'whoever is behind a veil is told to all',
    how: { policy: 'veil_read', on: 'veil', using: here },
  },
  {
    name: 'the drawer of a comment is open to whoever reads the record',
    how: { policy: 'comment_drawer_read', on: 'comment_drawer', using: `${here} and ${readable('incident_key')}` },
  },
  {
    name: 'a veil stands for the whole organisation where persons are behind it',
    how: { in: veils, replace: 'and v.holders && array[org, person]', by: '' },
  },
  {
    name: 'the veil of another space is worn in this one',
    isInPrincipalsAlone: true,
    how: { in: veils, replace: 'v.space = ronda.space() and', by: '' },
  },
  {
    name: 'release rows are open to whom they name',
    how: {
      policy: 'release_owner',
      on: 'release',
      using: `${here} and (owner_readers && ${held} or principals && ${held})`,
    },
  },
  {
    name: "others' lists are readable",
    how: { policy: 'readable_since_read', on: 'readable_since', using: here },
  },
  {
    name: 'a newcomer does not hold the epoch it began',
    how: { in: besides, replace: 'e.epoch >= m.joined_epoch', by: 'e.epoch > m.joined_epoch' },
  },
  {
    name: 'a newcomer holds the epoch before it came',
    how: { in: besides, replace: 'e.epoch >= m.joined_epoch', by: 'e.epoch >= m.joined_epoch - 1' },
  },
  {
    name: 'a dissolved group is still one',
    how: { in: besides, replace: 'and g.dissolved_at is null', by: '' },
  },
  {
    name: 'whoever left a group is still in it',
    how: { in: besides, replace: `and m.state = 'member'`, by: 'and m.joined_epoch is not null' },
  },
  {
    name: 'the suspended hold what the active do',
    how: { in: besides, replace: `of_standing = 'suspended'`, by: 'false' },
  },
  {
    name: 'applicants hold what the active do',
    how: { in: besides, replace: `of_standing <> 'active'`, by: 'false' },
  },
  {
    name: 'dialogue partners are the community',
    how: { in: besides, replace: `of_affiliation in ('member', 'regional')`, by: 'true' },
  },
  {
    name: 'a CERT relays GREEN whatever its switch says',
    how: { in: besides, replace: 'and cert.relay_green', by: '' },
  },
  {
    name: 'a suspended CERT relays',
    how: { in: besides, replace: `and cert.standing = 'active'`, by: '' },
  },
  {
    name: "a dialogue partner's CERT relays what is the community's",
    how: { in: besides, replace: `cert.affiliation = 'member'`, by: 'true' },
  },
  {
    name: 'what was taken back is still read',
    how: { in: standing, replace: 'and p.ended_at is null', by: '' },
  },
  {
    name: 'what a CERT does not read any more is still read by those it passed it on to',
    how: { in: standing, replace: 'and i.audience && c.held', by: '' },
  },
  {
    name: 'what is STRICT by now is still passed on',
    how: { in: standing, replace: `r.tlp in ('TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER')`, by: 'true' },
  },
  {
    name: 'what was passed on shows what its CERT does not read',
    how: { in: standing, replace: 'and v.audience && c.held', by: '' },
  },
  {
    name: 'a suspended CERT’s pass-ons stand',
    how: { in: 'ronda.cert_principals(int)', replace: `and o.standing = 'active'`, by: '' },
  },
  {
    name: 'what was passed on to one is read by another of the same CERT',
    how: { in: 'ronda.derive_passed_on()', replace: 'where s.recipient = me.org_key', by: '' },
  },
  {
    name: 'comments are passed on with the record',
    how: { policy: 'incident_comment_not_passed_on', on: 'incident_comment', using: 'true' },
  },
  {
    name: 'a pass-on is seen by whoever reads the record',
    how: { policy: 'pass_on_read', on: 'pass_on', using: `${here} and ${readable('incident_key')}` },
  },
  {
    name: 'every organisation is the secretariat',
    isInPrincipalsAlone: true,
    how: { in: besides, replace: 'if of_is_secretariat then', by: 'if true then' },
  },
  {
    name: 'a one-time link opens the organisation',
    how: { in: derive, replace: `me.credential_kind = 'link'`, by: 'false' },
  },
  {
    name: 'an expired credential is accepted',
    how: { in: account, replace: 'and c.expires_at > clock()', by: '' },
  },
  {
    name: 'a credential is accepted at the instant it expires',
    how: { in: account, replace: 'c.expires_at > clock()', by: 'c.expires_at >= clock()' },
  },
  {
    name: 'a revoked credential is accepted',
    how: { in: account, replace: 'and c.revoked_at is null', by: '' },
  },
  {
    name: 'a disabled account is accepted by its credential',
    how: { in: account, replace: `and (u.status = 'active' or c.kind = 'link' and u.status = 'invited')`, by: '' },
  },
  {
    name: 'a job acts for a disabled account',
    how: { in: account, replace: `u.key = acting and (u.status = 'active' and`, by: 'u.key = acting and (' },
  },
  {
    name: 'the retired are let in',
    how: { in: account, replace: `o.standing <> 'retired'`, by: 'true' },
  },
];

/**
 * Breaks the rule, in the transaction that the caller rolls back.
 * @param client as a superuser.
 * @throws Error where the rule is written differently now: then so must the mutation be.
 */
export async function breakRule(client: pg.ClientBase, { how }: Mutation): Promise<void> {
  for (const each of [how].flat()) await breakOne(client, each);
}

async function breakOne(client: pg.ClientBase, how: Broken): Promise<void> {
  if ('policy' in how) {
    await client.query(`alter policy ${how.policy} on ronda.${how.on} using (${how.using})`);
    return;
  }
  const { rows } = await client.query<{ now: string }>('select pg_get_functiondef($1::regprocedure) as now', [how.in]);
  const { now } = rows[0]!;
  const broken = now.replaceAll(how.replace, how.by);
  if (broken === now) throw new Error(`${how.in} says nowhere: ${how.replace}`);
  await client.query(broken);
}
