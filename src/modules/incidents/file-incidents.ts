import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import type { Tlp } from '../../kernel/markings.js';
import type { Region } from '../../kernel/region.js';
import { ORIGIN_NODE } from '../../platform/config/origin-node.token.js';
import { REGION } from '../../platform/config/region.token.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Appearances } from '../observables/index.js';
import { SearchIndex } from '../search/index.js';
import { AuthorshipDrawers } from './authorship-drawers.store.js';
import { assertMayFile, draftOf } from './incident.draft.js';
import type { FilingInput } from './incident.draft.js';
import { fileTogether } from './incidents.bulk.js';
import type { NewIncident } from './incident.rows.js';

/** A draft that is ready to be filed. What it holds is this module's own affair. */
export class PreparedDraft {
  constructor(readonly incident: NewIncident) {}

  get id(): string {
    return this.incident.id;
  }

  get tlp(): Tlp | null {
    return this.incident.revision.content.marking.tlp;
  }
}

/** Files many incidents as drafts of the caller's organisation, in a few statements whatever their number. */
@Injectable()
export class FileIncidents {
  constructor(
    private readonly work: UnitOfWork,
    private readonly search: SearchIndex,
    private readonly drawers: AuthorshipDrawers,
    private readonly observables: Appearances,
    private readonly chance: Chance,
    @Inject(REGION) private readonly region: Region,
    @Inject(ORIGIN_NODE) private readonly originNode: string,
  ) {}

  /** @throws Problem 403 where the caller's organisation files nothing. */
  assertMayFile(actor: Actor): void {
    assertMayFile(actor);
  }

  /**
   * Asks nothing of the database, so one that cannot be filed spoils no other.
   * @throws Problem 400 with every fault that the shape alone does not tell.
   */
  prepare(actor: Actor, input: FilingInput): PreparedDraft {
    const { region, originNode, chance } = this;
    return new PreparedDraft(draftOf(actor, input, { id: chance.uuid(), region, originNode, chance }));
  }

  /** Files them with the unit of work of the caller, in their order. */
  run(actor: Actor, drafts: readonly PreparedDraft[]): void {
    assertMayFile(actor);
    fileTogether(
      this.work,
      this.drawers,
      drafts.map(({ incident }) => incident),
    );
    this.search.writeFirstRevisions(drafts.map(({ id, incident }) => ({ id, text: incident.revision.content })));
    this.observables.write(
      drafts.map(({ id, incident: { revision } }) => ({
        incidentId: id,
        number: 1,
        appearances: revision.observables?.added ?? [],
      })),
    );
    for (const { id } of drafts)
      this.work.emit({ type: 'incident.filed', version: 1, payload: { incidentId: id, revision: 1 } }, actor.userKey);
  }
}
