import { Inject, Injectable } from '@nestjs/common';
import { Chance } from '../../../kernel/chance.js';
import type { Region } from '../../../kernel/region.js';
import { ORIGIN_NODE } from '../../../platform/config/origin-node.token.js';
import { REGION } from '../../../platform/config/region.token.js';
import { statement } from '../../../platform/database/statement.js';
import { LIVE, UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { mintToken } from '../credentials/tokens.js';
import { LINK_HOURS, addHours } from './account.rules.js';
import { normaliseEmail } from './sign-in.rules.js';
import type { OneTimeLinkView } from './users.dto.js';

const found = statement(
  'region-found',
  'select ronda.found_region($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as is_first',
);

/** Registers the first organisation, the region's secretariat, and invites its first administrator. Works once. */
@Injectable()
export class FoundRegion {
  constructor(
    private readonly work: UnitOfWork,
    private readonly chance: Chance,
    @Inject(REGION) private readonly region: Region,
    @Inject(ORIGIN_NODE) private readonly originNode: string,
  ) {}

  /** The administrator's invitation, or null where there are organisations already. */
  run(admin: { email: string; displayName: string }): Promise<OneTimeLinkView | null> {
    return this.work.run('nobody', LIVE, 'write', async () => {
      const { secretariat, defaults } = this.region;
      const { token, hash } = mintToken(this.chance, 'link');
      const expiresAt = addHours(this.work.at, LINK_HOURS);
      const [row] = await this.work.query<{ is_first: boolean }>(found, [
        this.chance.uuid(),
        this.originNode,
        secretariat.name,
        secretariat.timeZone,
        [defaults.language],
        this.chance.uuid(),
        normaliseEmail(admin.email),
        admin.displayName,
        this.chance.uuid(),
        hash,
        expiresAt,
        this.work.at,
      ]);
      return row?.is_first ? { token, expiresAt: expiresAt.toISOString() } : null;
    });
  }
}
