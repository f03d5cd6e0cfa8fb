import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import { invalidInput, notFound } from '../../kernel/problem.js';
import { statement } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { SecretBox } from '../../platform/secrets/secret-box.js';
import { Appearances, formsOf } from '../observables/index.js';
import { SearchIndex } from '../search/index.js';
import type { EraseDto, ErasureList, ErasureView } from './erasures.dto.js';
import { notEraser } from './incident.problems.js';
import { IncidentListeners } from './incident-listeners.js';
import { IncidentReader } from './incident.reader.js';
import { mayAct } from './incident.rules.js';
import { IncidentsStore } from './incidents.store.js';

interface ErasureRow {
  id: string;
  basis: ErasureView['basis'];
  reason: string;
  erased_at: Date;
}

const erase = statement('erasure-erase', `select ronda.erase_from_record('incident', $1, $2)`);
const eraseFromNotes = statement('erasure-erase-from-notes', 'select ronda.erase_from_notes($1, $2)');
const record = statement(
  'erasure-insert',
  `insert into ronda.erasure (space, id, record_kind, record_key, owner_readers, basis, reason, value_hash, value_length,
     erased_by, erased_at)
   values ($1, $2, 'incident', $3, ronda.owners_of('incident', $3), $4, $5, $6, $7, $8, $9)`,
);
const ofRecord = statement(
  'erasure-of-record',
  `select id, basis, reason, erased_at from ronda.erasure
    where space = $1 and record_kind = 'incident' and record_key = $2 order by key desc limit 500`,
);

/**
 * Takes a value, such as a person's name, out of everything that was said in a record or on it: every revision, note,
 * comment and link. What remains is that it was done, by whom and why.
 */
@Injectable()
export class EraseFromIncident {
  constructor(
    private readonly work: UnitOfWork,
    private readonly reader: IncidentReader,
    private readonly incidents: IncidentsStore,
    private readonly search: SearchIndex,
    private readonly observables: Appearances,
    private readonly listeners: IncidentListeners,
    private readonly box: SecretBox,
    private readonly chance: Chance,
  ) {}

  /**
   * @returns the erasure's id.
   * @throws Problem the one 404; 403 to whoever is no coordinator of the owner's side.
   */
  async run(actor: Actor, id: string, { value, basis, reason }: EraseDto): Promise<string> {
    const seen = await this.reader.row(id);
    if (!mayAct(actor, 'erase', seen.is_owner)) throw notEraser();
    if (value.trim().length < 2) throw invalidInput([{ pointer: '/value', detail: 'Spaces cannot be erased.' }]);
    if (reason.toLowerCase().includes(value.toLowerCase()))
      throw invalidInput([{ pointer: '/reason', detail: 'The reason is kept: do not repeat in it what is erased.' }]);
    await this.incidents.lock(id);
    // In how many texts it was is not said: some of them the caller may not read.
    await this.work.query(erase, [seen.key, value]);
    await this.work.query(eraseFromNotes, [seen.key, value]);
    for (const form of formsOf(value)) {
      await this.observables.erase(seen.key, form);
      await this.listeners.erased(seen.key, form);
    }
    await this.search.forgetRecord(seen.key);
    const erasureId = this.chance.uuid();
    const { space, at } = this.work;
    const hash = this.box.fingerprint('erasure', value.toLowerCase());
    await this.work.query(record, [space, erasureId, seen.key, basis, reason, hash, value.length, actor.userKey, at]);
    this.work.emit({ type: 'incident.erased', version: 1, payload: { incidentId: id, erasureId } }, actor.userKey);
    return erasureId;
  }

  async list(id: string): Promise<ErasureList> {
    const { key } = await this.reader.row(id);
    const rows = await this.work.query<ErasureRow>(ofRecord, [this.work.space, key]);
    return { items: rows.map(toView) };
  }

  async view(id: string, erasureId: string): Promise<ErasureView> {
    const { items } = await this.list(id);
    return items.find((erasure) => erasure.id === erasureId) ?? Promise.reject(notFound());
  }
}

const toView = ({ id, basis, reason, erased_at: erasedAt }: ErasureRow): ErasureView => ({
  id,
  basis,
  reason,
  erasedAt: erasedAt.toISOString(),
});
