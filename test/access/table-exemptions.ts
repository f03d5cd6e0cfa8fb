/**
 * Tables of the schema `ronda` that the service may read or write without row-level security, each with the reason why
 * no reader can learn from it what it may not see. Anything else fails the build (sharing policy, Enforced twice).
 */
export const tablesWithoutRowSecurity: Readonly<Record<string, string>> = {
  principal:
    'Numbers and their kinds, which never leave the database: the keys of what an audience can name. Who is behind one is said by organisation, user_account and group_epoch, which have policies.',
  sign_in_attempt:
    'Counters under hashes of address and source, read before anybody is signed in. They say nothing of any account: failures of absent accounts are counted in the same way.',
};

/** Policies for the service that hold for any row on one of their two sides, by `table.policy`, each with the reason. */
export const policiesWithAnOpenSide: Readonly<Record<string, string>> = {
  'organisation.organisation_update':
    'USING says which organisations a caller may change; the row may look like anything afterwards, because a decision of others can move it out of the reach of those who carry it out.',
};
