import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import type { Region } from '../../kernel/region.js';
import { ORIGIN_NODE } from '../../platform/config/origin-node.token.js';
import { REGION } from '../../platform/config/region.token.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { assertMayFile, draftOf } from './incident.draft.js';
import type { FilingInput } from './incident.draft.js';
import { IncidentsStore } from './incidents.store.js';
import type { FiledRow } from './incident.rows.js';

/** Files an incident as a draft of the caller's organisation. Nobody else reads it before it is submitted and released. */
@Injectable()
export class FileIncident {
  constructor(
    private readonly work: UnitOfWork,
    private readonly incidents: IncidentsStore,
    private readonly chance: Chance,
    @Inject(REGION) private readonly region: Region,
    @Inject(ORIGIN_NODE) private readonly originNode: string,
  ) {}

  run(actor: Actor, input: FilingInput): FiledRow {
    assertMayFile(actor);
    const { region, originNode, chance } = this;
    const draft = draftOf(actor, input, { id: chance.uuid(), region, originNode, chance });
    const filed = this.incidents.file(draft);
    this.work.emit(
      { type: 'incident.filed', version: 1, payload: { incidentId: draft.id, revision: 1 } },
      actor.userKey,
    );
    return filed;
  }
}
