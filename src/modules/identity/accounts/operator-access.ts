import type { Chance } from '../../../kernel/chance.js';
import type { Clock } from '../../../kernel/clock.js';
import { StartupError } from '../../../platform/config/startup-error.js';
import { asKeeper } from '../../../platform/secrets/keeper.js';
import type { LinkPurpose } from '../credentials/credentials.store.js';
import { mintToken } from '../credentials/tokens.js';
import { LINK_HOURS, addHours } from './account.rules.js';
import { OperatorAccessStore } from './operator-access.store.js';
import type { OperatorOrganisationRow } from './operator-access.store.js';
import { normaliseEmail } from './sign-in.rules.js';

/** What the operator's machine has: the login that owns the tables, and the sources of time and chance. */
export interface OperatorGround {
  migratorUrl: string;
  clock: Clock;
  chance: Chance;
}

/** Shown once, to the operator. */
export interface OperatorLink {
  organisation: string;
  email: string;
  purpose: LinkPurpose;
  token: string;
  expiresAt: string;
}

/**
 * Invites an administrator into an organisation that has none who can sign in.
 * @throws StartupError `account` where there is no such organisation, or it has an account of the address.
 */
export function inviteAdmin(
  ground: OperatorGround,
  admin: { organisation: string; email: string; displayName: string },
): Promise<OperatorLink> {
  const email = normaliseEmail(admin.email);
  return asOperator(ground, async (store, at) => {
    const organisation = await theOne(store, admin.organisation);
    const taken = (await store.accounts(email)).some(({ org_key }) => org_key === organisation.key);
    if (taken) throw refused(`${organisation.name} has an account of ${email}: let it in again with reset-access.`);
    const id = ground.chance.uuid();
    const { displayName } = admin;
    const userKey = await store.insertAdmin({ id, organisationKey: organisation.key, email, displayName });
    const account = { key: userKey, org_key: organisation.key };
    const link = await issue(ground, store, account, { purpose: 'invitation', clearsSecondFactor: false, at });
    await store.record(ground.chance.uuid(), 'account.invited', { userId: id, organisationId: organisation.id });
    return { organisation: organisation.name, email, purpose: 'invitation', ...link };
  });
}

/**
 * Makes a link by which the holder of an account sets a new password, or accepts an invitation that was lost.
 * @throws StartupError `account` where there is none of the address, several, or one that is closed.
 */
export function resetAccess(
  ground: OperatorGround,
  wanted: { email: string; organisation?: string | undefined; clearsSecondFactor: boolean },
): Promise<OperatorLink> {
  const email = normaliseEmail(wanted.email);
  return asOperator(ground, async (store, at) => {
    const chosen = wanted.organisation === undefined ? null : await theOne(store, wanted.organisation);
    const accounts = (await store.accounts(email)).filter(({ org_key }) => chosen === null || org_key === chosen.key);
    const [account, ...others] = accounts;
    if (!account) throw refused(`There is no account of ${email}${chosen ? ` in ${chosen.name}` : ''}.`);
    if (others.length > 0)
      throw refused(
        `There are accounts of ${email} in ${accounts.map(({ org_name }) => org_name).join(', ')}: say which with --organisation.`,
      );
    if (account.status === 'disabled')
      throw refused(`The account of ${email} is closed: invite an administrator with invite-admin.`);
    const purpose = account.status === 'invited' ? 'invitation' : 'password-reset';
    const clearsSecondFactor = purpose === 'password-reset' && wanted.clearsSecondFactor;
    const link = await issue(ground, store, account, { purpose, clearsSecondFactor, at });
    const payload = { userId: account.id, organisationId: account.org_id, purpose };
    await store.record(ground.chance.uuid(), 'account.link-issued', payload);
    return { organisation: account.org_name, email, purpose, ...link };
  });
}

/**
 * Gives the secretariat's role to another organisation, where whoever holds it cannot hand it over.
 * @throws StartupError `account` where that organisation may not hold it.
 */
export function handOverByOperator(
  ground: OperatorGround,
  { to, until }: { to: string; until: string },
): Promise<{ organisation: string; until: string }> {
  return asOperator(ground, async (store, at) => {
    if (until <= at.toISOString().slice(0, 10)) throw refused('The term has to end after today.');
    const next = await theOne(store, to);
    if (next.is_secretariat) throw refused(`${next.name} is the secretariat already.`);
    if (next.standing !== 'active' || next.parent_key !== null || next.affiliation === 'dialogue-partner')
      throw refused("The secretariat is an active national CERT of a member, or one of the region's bodies.");
    const from = await store.moveSecretariat(next.key, until);
    await store.record(ground.chance.uuid(), 'secretariat.handed-over', { from, to: next.id, until });
    return { organisation: next.name, until };
  });
}

function asOperator<T>(
  { migratorUrl, clock }: OperatorGround,
  work: (store: OperatorAccessStore, at: Date) => Promise<T>,
): Promise<T> {
  const at = clock.now();
  return asKeeper(migratorUrl, (client) => work(new OperatorAccessStore(client, at), at));
}

async function theOne(store: OperatorAccessStore, idOrName: string): Promise<OperatorOrganisationRow> {
  const [found, ...others] = (await store.organisations(idOrName)).filter(({ standing }) => standing !== 'retired');
  if (!found)
    throw refused(
      `There is no organisation "${idOrName}" that is not retired: name its id, or its name to the letter.`,
    );
  if (others.length > 0) throw refused(`Several organisations are called "${idOrName}": name its id.`);
  return found;
}

async function issue(
  { chance }: OperatorGround,
  store: OperatorAccessStore,
  account: { key: number; org_key: number },
  { purpose, clearsSecondFactor, at }: { purpose: LinkPurpose; clearsSecondFactor: boolean; at: Date },
): Promise<{ token: string; expiresAt: string }> {
  const { token, hash } = mintToken(chance, 'link');
  const expiresAt = addHours(at, LINK_HOURS);
  await store.replaceLink({
    id: chance.uuid(),
    userKey: account.key,
    organisationKey: account.org_key,
    hash,
    purpose,
    clearsSecondFactor,
    expiresAt,
  });
  return { token, expiresAt: expiresAt.toISOString() };
}

const refused = (why: string): StartupError => new StartupError('account', why);
