import { Injectable } from '@nestjs/common';
import type { Tlp } from '../../kernel/markings.js';
import type { AudienceItem } from '../../policy/audience.js';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { CursorKeys } from '../../platform/http/page.js';

export const WIDER_SHARING_STATES = ['open', 'granted', 'declined'] as const;
export type WiderSharingState = (typeof WIDER_SHARING_STATES)[number];

export interface WiderSharingRow {
  id: string;
  incident_key: number;
  incident_id: string;
  /** Whether the record is the caller's side's. */
  is_owner: boolean;
  /** Key of the organisation that asks; internal. */
  owner_key: number;
  /** Null where the caller does not see it. */
  org_id: string | null;
  org_name: string | null;
  org_country: string | null;
  /** Null: at the marking it has. */
  tlp: Tlp | null;
  audience: AudienceItem[];
  reason: string;
  asked_at: Date;
  state: WiderSharingState;
  decided_at: Date | null;
}

const selected = `select w.id, w.incident_key, i.id as incident_id, i.owner_readers && (select ronda.reader_principals())::int[] as is_owner,
    w.owner_key, o.id as org_id, o.name as org_name, o.country as org_country, w.tlp, w.audience, w.reason, w.asked_at, w.state, w.decided_at
  from ronda.wider_sharing_request w join ronda.incident i on i.space = w.space and i.key = w.incident_key
  left join ronda.organisation o on o.key = w.owner_key where w.space = $1`;
const insert = statement(
  'wider-sharing-insert',
  `insert into ronda.wider_sharing_request (space, id, owner_key, incident_key, tlp, audience, reason, asked_by, asked_at, state)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open')
   on conflict (space, owner_key, incident_key) where state = 'open' do nothing returning id`,
);
const ofRecord = statement(
  'wider-sharing-of-record',
  `${selected} and w.incident_key = $2 order by w.asked_at desc, w.id desc limit 500`,
);
const page = statement(
  'wider-sharing-page',
  `${selected} and ($2::text[] is null or w.state = any ($2)) and (w.asked_at, w.id) < ($3::timestamptz, $4::uuid)
    order by w.asked_at desc, w.id desc limit $5`,
);
const byId = statement('wider-sharing-by-id', `${selected} and w.incident_key = $2 and w.id = $3`);
const decide = statement(
  'wider-sharing-decide',
  // The asker reads the row, which names nobody of the owner's side where that is anonymous.
  `update ronda.wider_sharing_request w set state = $4, decided_by = case i.authorship when 'named' then $5::int end, decided_at = $6
     from ronda.incident i where w.space = $1 and w.incident_key = $2 and w.id = $3 and w.state = 'open'
      and i.space = w.space and i.key = w.incident_key returning w.id`,
);
const granted = statement(
  'wider-sharing-granted',
  `${selected} and w.incident_key = any ($2) and w.owner_key = any ((select ronda.reader_principals())::int[]) and w.state = 'granted'`,
);

/** What readers ask owners to release wider. */
@Injectable()
export class WiderSharingStore {
  constructor(private readonly work: UnitOfWork) {}

  /** @returns whether there was none open of the same organisation. */
  async insert(given: {
    id: string;
    organisationKey: number;
    recordKey: number;
    tlp: Tlp | null;
    audience: readonly AudienceItem[];
    reason: string;
    by: number;
  }): Promise<boolean> {
    const { space, at } = this.work;
    const rows = await this.work.query(insert, [
      space,
      given.id,
      given.organisationKey,
      given.recordKey,
      given.tlp,
      JSON.stringify(given.audience),
      given.reason,
      given.by,
      at,
    ]);
    return rows.length > 0;
  }

  /** Those that the caller may see: its organisation's own; of its own record all. Newest first. */
  ofRecord(recordKey: number): Promise<WiderSharingRow[]> {
    return this.work.query<WiderSharingRow>(ofRecord, [this.work.space, recordKey]);
  }

  /** Over all records; one more than the limit, where there is one. Newest first. */
  page(
    states: readonly WiderSharingState[] | null,
    limit: number,
    after: CursorKeys | null,
  ): Promise<WiderSharingRow[]> {
    return this.work.query<WiderSharingRow>(page, [
      this.work.space,
      states,
      after?.at ?? 'infinity',
      after?.id ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff',
      limit + 1,
    ]);
  }

  async byId(recordKey: number, id: string): Promise<WiderSharingRow | undefined> {
    return (await this.work.query<WiderSharingRow>(byId, [this.work.space, recordKey, id]))[0];
  }

  /** @returns false where it was decided before. */
  async decide(recordKey: number, id: string, state: 'granted' | 'declined', by: number): Promise<boolean> {
    const { space, at } = this.work;
    return (await this.work.query(decide, [space, recordKey, id, state, by, at])).length > 0;
  }

  /** What the owners of these records agreed to, to the caller's organisation. */
  granted(recordKeys: readonly number[]): Promise<WiderSharingRow[]> {
    return this.work.query<WiderSharingRow>(granted, [this.work.space, recordKeys]);
  }
}
