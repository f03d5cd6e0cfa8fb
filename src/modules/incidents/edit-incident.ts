import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { Region } from '../../kernel/region.js';
import { REGION } from '../../platform/config/region.token.js';
import { applyInput, assertContent } from './incident.content.js';
import {
  Appearances,
  appearanceOf,
  readInstruments,
  readObservables,
  sayingOf,
  together,
} from '../observables/index.js';
import type { Appearance } from '../observables/index.js';
import type { IncidentContent, IncidentInput } from './incident.content.js';
import type { NewRevision } from './incident.rows.js';
import { ReviseIncident } from './revise-incident.js';
import type { OpenedIncident } from './revise-incident.js';

/** Edits a record: a new revision, the owner's alone until it is released. */
@Injectable()
export class EditIncident {
  constructor(
    private readonly revise: ReviseIncident,
    private readonly appearances: Appearances,
    @Inject(REGION) private readonly region: Region,
  ) {}

  /** @param isMore whether the record changes besides in what another module keeps with its revisions. */
  async run(
    actor: Actor,
    id: string,
    input: IncidentInput,
    ifMatch: string | undefined,
    isMore = false,
  ): Promise<void> {
    const opened = await this.revise.open(actor, id, 'edit', { ifMatch, isRequired: true });
    const content = applyInput(opened.content, input);
    const { appearances, faults } = readObservables(input.observables ?? []);
    assertContent(content, this.region, faults);
    const observables = await this.changeOf(opened, input, content, appearances);
    // What changes nothing is no change: no revision says so.
    if (!isMore && !observables && JSON.stringify(content) === JSON.stringify(opened.content)) return;
    await this.revise.write(actor, opened, { change: 'edited', content, status: opened.row.status, observables });
  }

  /** What the record says otherwise than before; undefined where nothing. An edit that names neither, asks nothing. */
  private async changeOf(
    { row }: OpenedIncident,
    input: IncidentInput,
    content: IncidentContent,
    sent: readonly Appearance[],
  ): Promise<NewRevision['observables']> {
    if (input.observables === undefined && input.fraud === undefined) return undefined;
    const before = await this.appearances.ofRevision(row.key, row.number);
    // What was erased was said all the same: an edit of the rest leaves it where it is.
    const said = before.flatMap((each) => (each.observable_id === null ? [] : [appearanceOf(each)]));
    const own = input.observables === undefined ? said.filter(({ part }) => part === 'observables') : sent;
    const after = together(own, readInstruments(content.fraud?.instruments ?? []));
    const [kept, wanted] = [new Set(said.map(sayingOf)), new Set(after.map(sayingOf))];
    const added = after.filter((each) => !kept.has(sayingOf(each)));
    const ended = before.filter((each) =>
      each.observable_id === null ? input.observables !== undefined : !wanted.has(sayingOf(appearanceOf(each))),
    );
    return added.length + ended.length > 0 ? { added, ended: ended.map(({ key }) => key) } : undefined;
  }
}
