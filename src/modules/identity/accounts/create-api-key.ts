import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { Chance } from '../../../kernel/chance.js';
import { invalidInput } from '../../../kernel/problem.js';
import type { Fault } from '../../../kernel/problem.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Once } from '../../../platform/http/once.js';
import type { RondaRequest } from '../../../platform/http/request.js';
import { CredentialsStore } from '../credentials/credentials.store.js';
import { mintToken } from '../credentials/tokens.js';
import { sessionNeeded } from './account.problems.js';
import { MAX_KEY_DAYS, addDays, scopesBeyond } from './account.rules.js';
import type { CreateApiKeyDto, CreatedApiKeyView } from './me.dto.js';
import { ReadMe } from './read-me.js';

/** Makes an API key, which opens no more than its maker may do. Its secret is shown once. */
@Injectable()
export class CreateApiKey {
  constructor(
    private readonly work: UnitOfWork,
    private readonly once: Once,
    private readonly me: ReadMe,
    private readonly credentials: CredentialsStore,
    private readonly chance: Chance,
  ) {}

  async run(request: RondaRequest, actor: Actor, wanted: CreateApiKeyDto): Promise<CreatedApiKeyView> {
    if (actor.credentialKind !== 'session') throw sessionNeeded();
    let secret: string | null = null;
    return this.once.run(
      request,
      async () => {
        const expiresAt = this.expiry(wanted, actor);
        const { token, hash } = mintToken(this.chance, 'api-key');
        const id = this.chance.uuid();
        const { name, scopes } = wanted;
        const { userKey, organisationKey } = actor;
        await this.credentials.insertApiKey({ id, userKey, organisationKey, hash, name, scopes, expiresAt });
        this.work.emit({ type: 'api-key.created', version: 1, payload: { apiKeyId: id } }, userKey);
        secret = token;
        return id;
      },
      async (id) => ({ ...(await this.me.apiKey(actor, id)), secret }),
    );
  }

  private expiry({ scopes, expiresAt: wanted }: CreateApiKeyDto, actor: Actor): Date {
    const { at } = this.work;
    const expiresAt = new Date(wanted);
    const faults: Fault[] = scopesBeyond(scopes, actor.permissions).map((index) => ({
      pointer: `/scopes/${index}`,
      detail: 'Your roles do not give this permission, so the key cannot have it.',
    }));
    if (!(expiresAt > at && expiresAt <= addDays(at, MAX_KEY_DAYS)))
      faults.push({ pointer: '/expiresAt', detail: 'Give a time between now and a year from now.' });
    if (faults.length > 0) throw invalidInput(faults);
    return expiresAt;
  }
}
