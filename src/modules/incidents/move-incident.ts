import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { Tlp } from '../../kernel/markings.js';
import { DirectoryReader } from '../identity/index.js';
import { certNotActive, notClassified, redHasNoQueue, wrongStatus } from './incident.problems.js';
import { belongsToCert, next } from './incident.rules.js';
import type { Transition } from './incident.rules.js';
import { ReviseIncident } from './revise-incident.js';
import type { Custody } from './revise-incident.js';

/** Moves a record along its lifecycle. */
@Injectable()
export class MoveIncident {
  constructor(
    private readonly revise: ReviseIncident,
    private readonly directory: DirectoryReader,
  ) {}

  /**
   * @returns the record's id.
   * @throws Problem 409 where the lifecycle does not admit it, or what is submitted has no class.
   */
  async run(
    actor: Actor,
    id: string,
    transition: Transition,
    { note, ifMatch }: { note?: string | undefined; ifMatch: string | undefined },
  ): Promise<string> {
    const opened = await this.revise.open(actor, id, transition, { ifMatch, isRequired: false });
    const status = next(opened.row.status, transition);
    if (status === null) throw wrongStatus(opened.row.status, transition);
    if (transition === 'submit' && opened.content.rsit === null) throw notClassified();
    const custody = transition === 'submit' ? await this.custody(actor, opened.content.marking.tlp) : undefined;
    await this.revise.write(actor, opened, {
      change: status,
      content: opened.content,
      status,
      note,
      ...(custody && { custody }),
    });
    return id;
  }

  /** What a constituent, a sectoral or a government body submits goes into its national CERT's queue, and is the CERT's from then on. */
  private async custody(actor: Actor, tlp: Tlp | null): Promise<Custody | undefined> {
    if (!belongsToCert(actor)) return undefined;
    // RED is for persons: handed over it would open to the filer's whole organisation, and to nobody at the CERT.
    if (tlp === 'TLP:RED') throw redHasNoQueue();
    const cert = await this.directory.activeCertOf(actor.organisationKey);
    if (!cert) throw certNotActive();
    return { organisationKey: cert.key, filerKey: actor.organisationKey };
  }
}
