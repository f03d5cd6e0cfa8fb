import { Inject, Injectable } from '@nestjs/common';
import type { CsafIssuer } from '../../../codecs/csaf/index.js';
import { openPgpKey } from '../../../codecs/csaf/index.js';
import { PUBLIC_SITE } from '../../../platform/config/public-site.token.js';
import type { PublicSite } from '../../../platform/config/public-site.token.js';
import { SecretBox } from '../../../platform/secrets/secret-box.js';
import type { IssuingOrganisation } from './csaf.store.js';

/** Organisations as issuers of CSAF: where their trees lie, and what signs them. */
@Injectable()
export class CsafIssuers {
  constructor(
    private readonly box: SecretBox,
    @Inject(PUBLIC_SITE) private readonly site: PublicSite,
  ) {}

  /** By its id, which stays when it is called otherwise. */
  baseOf(organisationId: string): string {
    return `${this.site.url}/csaf/${organisationId}`;
  }

  /**
   * @param updatedAt since when its metadata says what it says.
   * @param at the instant of what it signs.
   */
  issuer(organisation: IssuingOrganisation, updatedAt: Date, at: Date): CsafIssuer {
    const base = this.baseOf(organisation.id);
    // Drawn from what is kept outside the database and not by chance: when it first signed, nobody learns from its key.
    const key = openPgpKey({
      seed: this.box.fingerprint('csaf issuer', organisation.id),
      userId: organisation.name,
      createdAt: organisation.created_at,
    });
    return {
      publisher: { name: organisation.name, namespace: base, category: 'coordinator', contact: null },
      base,
      updatedAt: updatedAt.toISOString(),
      key,
      sign: (content) => key.sign(content, at),
    };
  }
}
