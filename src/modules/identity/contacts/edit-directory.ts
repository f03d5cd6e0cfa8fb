import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { forbidden } from '../../../kernel/problem.js';
import { checkIfMatch } from '../../../platform/http/etag.js';
import { FindOrganisation } from '../organisations/find-organisation.js';
import type { Match } from '../organisations/find-organisation.js';
import { standingConflict } from '../organisations/organisation.problems.js';
import { refusalOf } from '../organisations/organisation.rules.js';
import { factsOf } from '../organisations/organisation.view.js';
import type { OrganisationRow } from '../organisations/organisations.store.js';

/** The way to what hangs on an organisation in the directory, for its own administrator. */
@Injectable()
export class EditDirectory {
  constructor(private readonly find: FindOrganisation) {}

  /**
   * The organisation and the entry, when the caller may change it now.
   * @param read finds the entry, or throws the one 404.
   * @param view of the entry as the caller is shown it.
   * @throws Problem in the fixed order: the one 404, 403, 428 or 412, 409.
   */
  async entry<T>(
    actor: Actor,
    organisationId: string,
    match: Match,
    read: (organisation: OrganisationRow) => Promise<T>,
    view: (entry: T) => unknown,
  ): Promise<{ organisation: OrganisationRow; entry: T }> {
    const organisation = await this.find.locked(organisationId);
    const entry = await read(organisation);
    const refusal = refusalOf('edit-directory', factsOf(organisation), actor);
    if (refusal?.kind === 'forbidden') throw forbidden(refusal.why);
    checkIfMatch(match.header, view(entry), match.isRequired);
    if (refusal) throw standingConflict(refusal.why);
    return { organisation, entry };
  }
}
