import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { notFound } from '../../kernel/problem.js';
import { AuthorshipDrawers } from './authorship-drawers.store.js';
import { notAnonymous, notLifter } from './incident.problems.js';
import { mayAct } from './incident.rules.js';
import { IncidentReader } from './incident.reader.js';
import { IncidentsStore } from './incidents.store.js';
import { ReviseIncident } from './revise-incident.js';

/** Puts the owner's name to an anonymous record: from the next request on all its readers see it. For good. */
@Injectable()
export class LiftAnonymity {
  constructor(
    private readonly reader: IncidentReader,
    private readonly incidents: IncidentsStore,
    private readonly drawers: AuthorshipDrawers,
    private readonly revise: ReviseIncident,
  ) {}

  /**
   * @returns the record's id.
   * @throws Problem the one 404; 403 to whoever is no coordinator of the owner's side; 409 where its author is named.
   */
  async run(actor: Actor, id: string, ifMatch: string | undefined): Promise<string> {
    const seen = await this.reader.row(id);
    if (!mayAct(actor, 'lift-anonymity', seen.is_owner)) throw notLifter();
    const opened = await this.revise.open(actor, id, 'lift-anonymity', { ifMatch, isRequired: false });
    if (opened.row.authorship === 'named') throw notAnonymous();
    await this.drawers.lift(opened.row.key);
    const [row] = await this.incidents.byKeys([opened.row.key]);
    if (!row) throw notFound();
    // Whoever reads the record sees its owner by the record; the revision is its history's.
    const { status } = row;
    await this.revise.write(
      actor,
      { row, content: opened.content },
      { change: 'anonymity-lifted', content: opened.content, status },
    );
    return id;
  }
}
