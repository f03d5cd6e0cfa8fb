import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { Region } from '../../kernel/region.js';
import { REGION } from '../../platform/config/region.token.js';
import { applyInput, assertContent } from './incident.content.js';
import type { IncidentInput } from './incident.content.js';
import { ReviseIncident } from './revise-incident.js';

/** Edits a record: a new revision, the owner's alone until it is released. */
@Injectable()
export class EditIncident {
  constructor(
    private readonly revise: ReviseIncident,
    @Inject(REGION) private readonly region: Region,
  ) {}

  async run(actor: Actor, id: string, input: IncidentInput, ifMatch: string | undefined): Promise<void> {
    const opened = await this.revise.open(actor, id, 'edit', { ifMatch, isRequired: true });
    const content = applyInput(opened.content, input);
    assertContent(content, this.region);
    // What changes nothing is no change: no revision says so.
    if (JSON.stringify(content) === JSON.stringify(opened.content)) return;
    await this.revise.write(actor, opened, { change: 'edited', content, status: opened.row.status });
  }
}
