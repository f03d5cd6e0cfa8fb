import { Injectable } from '@nestjs/common';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

export interface MappingRow {
  id: string;
  name: string;
  columns: Record<string, string>;
  date_order: 'day-first' | 'month-first' | null;
  era: 'buddhist' | 'gregorian' | null;
  time_zone: string | null;
  saved_at: Date;
}

const columns = 'id, name, columns, date_order, era, time_zone, saved_at';
const all = statement(
  'import-mappings',
  `select ${columns} from ronda.import_mapping where space = $1 order by lower(name), id`,
);
const one = statement('import-mapping', `select ${columns} from ronda.import_mapping where space = $1 and id = $2`);
const save = statement(
  'import-mapping-save',
  `insert into ronda.import_mapping (space, org_key, id, name, columns, date_order, era, time_zone, saved_by, saved_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
   on conflict do nothing returning id`,
);
const change = statement(
  'import-mapping-change',
  `update ronda.import_mapping m
      set name = $3, columns = $4, date_order = $5, era = $6, time_zone = $7, saved_by = $8, saved_at = $9
    where m.space = $1 and m.id = $2 and not exists (select from ronda.import_mapping other
          where other.space = m.space and other.name = $3 and other.id <> m.id) returning id`,
);
const lock = statement('import-mapping-lock', 'select pg_advisory_xact_lock(hashtextextended($1::text, 8))');
const remove = statement('import-mapping-remove', 'delete from ronda.import_mapping where space = $1 and id = $2');

@Injectable()
export class ImportMappingsStore {
  constructor(private readonly work: UnitOfWork) {}

  all(): Promise<MappingRow[]> {
    return this.work.query<MappingRow>(all, [this.work.space]);
  }

  async one(id: string): Promise<MappingRow | undefined> {
    return (await this.work.query<MappingRow>(one, [this.work.space, id]))[0];
  }

  /**
   * Keeps others of the organisation from naming a mapping until the end of the unit of work: whether a name is free is
   * asked behind it, in a snapshot that holds what the lock's last holder wrote.
   */
  async lock(organisationKey: number): Promise<void> {
    await this.work.query(lock, [`${this.work.space} ${organisationKey}`]);
  }

  /** @returns whether its name was free. */
  async save(organisationKey: number, userKey: number, mapping: Omit<MappingRow, 'saved_at'>): Promise<boolean> {
    const { id, name, columns: names, date_order, era, time_zone } = mapping;
    const { space, at } = this.work;
    const values = [space, organisationKey, id, name, names, date_order, era, time_zone, userKey, at];
    return (await this.work.query(save, values)).length > 0;
  }

  /** @returns whether its name was free. */
  async change(userKey: number, mapping: Omit<MappingRow, 'saved_at'>): Promise<boolean> {
    const { id, name, columns: names, date_order, era, time_zone } = mapping;
    const values = [this.work.space, id, name, names, date_order, era, time_zone, userKey, this.work.at];
    return (await this.work.query(change, values)).length > 0;
  }

  remove(id: string): void {
    this.work.write(remove, [this.work.space, id]);
  }
}
