import type { PreparedDraft } from '../incidents/index.js';
import type { FiledLinesStore, KnownLine, NewLine } from './filed-lines.store.js';

/** What a filing is known by, and what it says. */
export interface Named {
  /** Hex SHA-256; null where it is known by nothing. */
  identity: string | null;
  /** Hex SHA-256. */
  contentHash: string;
}

/** What the caller's side filed under the names of what is sent now, before and while it is filed. */
export class KnownNames {
  private readonly before: Map<string, { hash: string; id: string }>;
  private readonly isHidden: ReadonlySet<string>;
  /** To be remembered, behind the incidents that they name. */
  readonly fresh: NewLine[] = [];

  private constructor(
    known: readonly KnownLine[],
    private readonly userKey: number,
  ) {
    // Of two under one name the caller's own comes last, and stays.
    this.before = new Map(
      known
        .filter((each) => each.is_readable)
        .map(({ identity, content_hash, incident_id }) => [identity, { hash: content_hash, id: incident_id }]),
    );
    this.isHidden = new Set(known.filter((each) => !each.is_readable).map(({ identity }) => identity));
  }

  /** Keeps other filings under names out until the end of the unit of work. */
  static async of(
    store: FiledLinesStore,
    { organisationKey, userKey }: { organisationKey: number; userKey: number },
    sent: readonly Named[],
  ): Promise<KnownNames> {
    const names = [...new Set(sent.flatMap(({ identity }) => identity ?? []))];
    return new KnownNames(names.length > 0 ? await store.find(organisationKey, userKey, names) : [], userKey);
  }

  /** The record under the name, and whether it says the same; undefined where there is none. */
  find({ identity, contentHash }: Named): { id: string; isSame: boolean } | undefined {
    const found = identity === null ? undefined : this.before.get(identity);
    return found && { id: found.id, isSame: found.hash === contentHash };
  }

  add({ identity, contentHash }: Named, draft: PreparedDraft): void {
    if (identity === null) return;
    this.before.set(identity, { hash: contentHash, id: draft.id });
    // Whether a colleague used the name for what is hidden is nothing that an answer may tell.
    const isOnesOwn = draft.tlp === 'TLP:RED' || this.isHidden.has(identity);
    this.fresh.push({ identity, contentHash, incidentId: draft.id, userKey: isOnesOwn ? this.userKey : null });
  }
}
