export type OrganisationKind = 'national-cert' | 'sectoral-cert' | 'government' | 'regional-body' | 'constituent';
export type Affiliation = 'member' | 'dialogue-partner' | 'regional';
export type Standing = 'applicant' | 'sponsored' | 'active' | 'suspended' | 'retired';
export const ROLES = ['analyst', 'coordinator', 'organiser', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who makes a request: an account, by one of its credentials, and the organisation it acts for. */
export interface Actor {
  /** Lower-case hex SHA-256 of the token shown; the unit of work hands it to the database, which derives principals from it. */
  tokenHash: string;
  /**
   * Set where this is what the token meant a moment ago: the versions of the rows that said so. The database reads nothing
   * for it where they are others now.
   */
  assumed: string | null;
  credentialKey: number;
  credentialId: string;
  credentialKind: 'session' | 'api-key' | 'link';
  /** A session that may only enrol a second factor. */
  isLimited: boolean;
  /** What the credential may be used for: the roles' permissions, narrowed by the key's scopes. */
  permissions: ReadonlySet<string>;
  /** Internal key; also the account's principal. Never leaves. */
  userKey: number;
  userId: string;
  displayName: string;
  roles: readonly Role[];
  /** Internal key; also the organisation's principal. Never leaves. */
  organisationKey: number;
  organisationId: string;
  organisationName: string;
  /** ISO 3166-1 alpha-2. */
  organisationCountry: string | null;
  organisationKind: OrganisationKind;
  affiliation: Affiliation;
  standing: Standing;
  isSecretariat: boolean;
}
