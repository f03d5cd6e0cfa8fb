export { FoundRegion } from './accounts/found-region.js';
export { SeedAccounts } from './accounts/seed-accounts.js';
export type { SeededAccount } from './accounts/seed-accounts.js';
export { DirectoryReader } from './directory.reader.js';
export type { OrganisationSummary, UserSummary } from './directory.reader.js';
export { IdentityModule } from './identity.module.js';
export { SeedOrganisations } from './organisations/seed-organisations.js';
export type { SeededOrganisation } from './organisations/seed-organisations.js';
