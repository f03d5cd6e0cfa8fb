import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import { forbidden, invalidInput } from '../../kernel/problem.js';
import type { Region } from '../../kernel/region.js';
import { ORIGIN_NODE } from '../../platform/config/origin-node.token.js';
import { REGION } from '../../platform/config/region.token.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { applyInput, assertContent, assessSeverity, emptyContent } from './incident.content.js';
import type { IncidentInput } from './incident.content.js';
import { belongsToCert, ownerReaders } from './incident.rules.js';
import { IncidentsStore } from './incidents.store.js';
import type { FiledRow } from './incidents.store.js';

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

  run(actor: Actor, input: IncidentInput & { authorship?: 'named' | 'anonymous' }): FiledRow {
    if (actor.standing !== 'active')
      throw forbidden(`Your organisation is ${actor.standing}: it reads its own records, and files none.`);
    // Its CERT takes over what it submits, and has to know whom to ask.
    if (input.authorship === 'anonymous' && belongsToCert(actor))
      throw invalidInput([
        {
          pointer: '/authorship',
          detail: 'What you file goes to your CERT in your name; your CERT decides what members see.',
        },
      ]);
    const content = applyInput(emptyContent(this.region), input);
    assertContent(content, this.region);
    const id = this.chance.uuid();
    const readers = ownerReaders(content.marking.tlp, actor.organisationKey, [actor.userKey]);
    const filed = this.incidents.file({
      id,
      originNode: this.originNode,
      authorship: input.authorship ?? 'named',
      owner: {
        key: actor.organisationKey,
        id: actor.organisationId,
        name: actor.organisationName,
        country: actor.organisationCountry,
      },
      authorKey: actor.userKey,
      ownerReaders: readers,
      revision: {
        change: 'filed',
        status: 'draft',
        content,
        severity: assessSeverity(content, this.region),
        readers,
        authorKey: actor.userKey,
      },
    });
    this.work.emit({ type: 'incident.filed', version: 1, payload: { incidentId: id, revision: 1 } }, actor.userKey);
    return filed;
  }
}
