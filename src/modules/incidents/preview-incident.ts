import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { notFound } from '../../kernel/problem.js';
import { checkIfMatch } from '../../platform/http/etag.js';
import { PreviewRelease } from '../sharing/index.js';
import type { ReleaseDto, ReleasePreviewView } from '../sharing/index.js';
import { releasable } from './apply-release.js';
import { notOwner, notYetSubmitted } from './incident.problems.js';
import { IncidentReader } from './incident.reader.js';
import { mayAct } from './incident.rules.js';
import type { IncidentRow } from './incident.rows.js';
import { orderOf } from './release-incident.js';
import { SaidOfIncident } from './said-of-incident.js';

/** What a release would do, for whoever may ask for it: nothing is changed. */
@Injectable()
export class PreviewIncident {
  constructor(
    private readonly reader: IncidentReader,
    private readonly said: SaidOfIncident,
    private readonly preview: PreviewRelease,
  ) {}

  /** @returns the record's id, once it is clear that it may be asked. */
  async ask(actor: Actor, id: string, ifMatch: string | undefined): Promise<string> {
    const row = await this.open(actor, id);
    const [view] = await this.reader.views(actor, [row]);
    checkIfMatch(ifMatch, view, false);
    if (row.status === 'draft') throw notYetSubmitted();
    return id;
  }

  /** Of a release as it would be asked for now. */
  async of(actor: Actor, id: string, body: ReleaseDto): Promise<ReleasePreviewView> {
    const row = await this.open(actor, id);
    const order = orderOf(row, body);
    return (await this.preview.run(actor, releasable(row), order, await this.said.run(actor, row, order))).view;
  }

  /** Of the release that waits, as it would go out now: what the second person looks at. */
  async waiting(actor: Actor, id: string): Promise<ReleasePreviewView> {
    const row = await this.open(actor, id);
    const preview = await this.preview.waiting(actor, releasable(row), (release) => this.said.run(actor, row, release));
    if (!preview) throw notFound();
    return preview.view;
  }

  private async open(actor: Actor, id: string): Promise<IncidentRow> {
    const row = await this.reader.row(id);
    if (!mayAct(actor, 'release', row.is_owner)) throw notOwner();
    return row;
  }
}
