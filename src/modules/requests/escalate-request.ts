import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Chance } from '../../kernel/chance.js';
import { invalidInput } from '../../kernel/problem.js';
import { DirectoryReader } from '../identity/index.js';
import { OpenRequest } from './open-request.js';
import { notLate } from './request.problems.js';
import { RequestReader } from './request.reader.js';
import type { EscalateRequestDto } from './requests.dto.js';
import { RequestsStore } from './requests.store.js';

/** Records that a person paged the 24/7 contact of an organisation that is late. The service pages nobody. */
@Injectable()
export class EscalateRequest {
  constructor(
    private readonly open: OpenRequest,
    private readonly reader: RequestReader,
    private readonly directory: DirectoryReader,
    private readonly requests: RequestsStore,
    private readonly chance: Chance,
  ) {}

  async run(actor: Actor, id: string, input: EscalateRequestDto, ifMatch: string | undefined): Promise<string> {
    const row = await this.open.run(actor, id, 'escalate', ifMatch);
    const late = await this.reader.late(actor, row);
    const organisationKey = await this.paged(input.organisation, late);
    this.requests.escalate({
      id: this.chance.uuid(),
      requestKey: row.key,
      organisationKey,
      byOrganisationKey: actor.organisationKey,
      by: actor.userKey,
      note: input.note ?? null,
    });
    this.open.emit(actor, 'request.escalated', id);
    return id;
  }

  private async paged(organisation: string | undefined, late: readonly number[]): Promise<number> {
    if (organisation === undefined) {
      const [only, another] = late;
      if (only === undefined) throw notLate();
      if (another !== undefined)
        throw invalidInput([{ pointer: '/organisation', detail: 'Several are late: say whose contact you paged.' }]);
      return only;
    }
    const [found] = await this.directory.organisationsByIds([organisation]);
    if (!found) throw invalidInput([{ pointer: '/organisation', detail: 'There is no such organisation.' }]);
    if (!late.includes(found.key)) throw notLate();
    return found.key;
  }
}
