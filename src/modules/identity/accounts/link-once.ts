import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { Once } from '../../../platform/http/once.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { FindUser } from './find-user.js';
import type { OneTimeLinkView, UserWithLinkView } from './users.dto.js';

/** Makes a link once, however often it is asked for, and shows it in the first answer alone. */
@Injectable()
export class LinkOnce {
  constructor(
    private readonly once: Once,
    private readonly find: FindUser,
  ) {}

  run(
    request: RondaRequest,
    actor: Actor,
    organisationId: string,
    make: () => Promise<{ id: string; link: OneTimeLinkView }>,
  ): Promise<UserWithLinkView> {
    let shown: OneTimeLinkView | null = null;
    return this.once.run(
      request,
      async () => {
        const { id, link } = await make();
        shown = link;
        return id;
      },
      async (id) => ({ ...(await this.find.view(actor, organisationId, id)), link: shown }),
    );
  }
}
