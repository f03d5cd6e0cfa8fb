import type { PolicyGroup, PolicyOrganisation } from './principals.js';
import { isReadable, principalsOf } from './principals.js';

/** What is known of a region to whoever asks who would read something. */
export interface KnownRegion {
  organisations: readonly PolicyOrganisation[];
  groups: readonly PolicyGroup[];
}

/** No account has it. */
const NOBODY = -1;

/**
 * The organisations that hold one of these principals as a whole, by key: whoever of them reads incidents reads this.
 * The same derivation as a reader's own, asked of everybody known.
 */
export function organisationsHolding(
  principals: Iterable<number>,
  { organisations, groups }: KnownRegion,
): Set<number> {
  const named = new Set(principals);
  const byKey = new Map(organisations.map((each) => [each.key, each]));
  return new Set(
    organisations.flatMap(({ key }) =>
      isReadable(named, principalsOf({ key: NOBODY, organisationKey: key, status: 'active' }, byKey, groups))
        ? [key]
        : [],
    ),
  );
}
