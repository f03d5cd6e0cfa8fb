import { Inject, Injectable } from '@nestjs/common';
import { toAtom, toHtml } from '../../../codecs/advisory/index.js';
import type { Advisory } from '../../../codecs/advisory/index.js';
import { METADATA, advisoryOfCsaf, aggregatorList, securityTxt } from '../../../codecs/csaf/index.js';
import { notFound } from '../../../kernel/problem.js';
import type { Region } from '../../../kernel/region.js';
import { PUBLIC_SITE } from '../../../platform/config/public-site.token.js';
import type { PublicSite } from '../../../platform/config/public-site.token.js';
import { REGION } from '../../../platform/config/region.token.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { CsafStore } from './csaf.store.js';
import { servedFile } from './served-file.js';
import type { ServedFile } from './served-file.js';

const ENTRIES_OF_FEED = 50;
const DAY_MS = 86_400_000;
/** Of a security.txt, beginning with a month: what it says is as old as that at the most. */
const VALID_DAYS = 180;

/** What is there for anybody beside the trees of the issuers, made of what they hold. */
@Injectable()
export class ReadPublicPages {
  constructor(
    private readonly work: UnitOfWork,
    private readonly store: CsafStore,
    @Inject(REGION) private readonly region: Region,
    @Inject(PUBLIC_SITE) private readonly site: PublicSite,
  ) {}

  async aggregator(): Promise<ServedFile> {
    const issuers = await this.store.issuers();
    if (issuers.length === 0) throw notFound();
    const path = '.well-known/csaf-aggregator/aggregator.json';
    const keeper = {
      name: this.region.secretariat.name,
      namespace: this.site.url,
      contact: this.site.securityContact ?? null,
    };
    const content = aggregatorList(
      { keeper, url: `${this.site.url}/${path}` },
      issuers.map(({ name, base, updated_at }) => ({
        publisher: { name, namespace: base, category: 'coordinator', contact: null },
        base,
        updatedAt: updated_at.toISOString(),
      })),
    );
    return servedFile(path, content);
  }

  /** RFC 9116 demands somebody to turn to: where nobody was named there is none. */
  async security(): Promise<ServedFile> {
    const { url, securityContact } = this.site;
    if (securityContact === undefined) throw notFound();
    const { at } = this.work;
    const month = Date.UTC(at.getUTCFullYear(), at.getUTCMonth());
    const path = '.well-known/security.txt';
    const content = securityTxt(
      {
        contacts: [securityContact],
        expires: new Date(month + VALID_DAYS * DAY_MS),
        canonical: `${url}/${path}`,
        languages: [this.region.defaults.language],
      },
      await this.store.issuers(),
    );
    return servedFile(path, content);
  }

  /** A domain has one place for metadata: the only issuer's. Where there are several, they are in security.txt and the list. */
  async metadata(): Promise<ServedFile> {
    const [issuer, ...others] = await this.store.issuers();
    const file = issuer && others.length === 0 ? await this.store.file(issuer.organisation_id, METADATA) : undefined;
    if (!file) throw notFound();
    return file;
  }

  async feed(): Promise<ServedFile> {
    const { url } = this.site;
    const path = 'feeds/advisories.atom';
    const newest = await this.store.newestPublic(ENTRIES_OF_FEED);
    const content = toAtom(
      {
        id: `${url}/${path}`,
        title: `Advisories of ${this.region.shortName}`,
        url: `${url}/${path}`,
        // Of a region that has published nothing: an instant that says nothing.
        since: new Date(0).toISOString(),
      },
      newest.map((each) => ({
        id: `urn:uuid:${each.tracking_id}`,
        url: `${url}/advisories/${each.tracking_id}`,
        advisory: read(each.content),
      })),
    );
    return servedFile(path, content);
  }

  async page(id: string): Promise<ServedFile> {
    const found = await this.store.publicById(id);
    if (!found) throw notFound();
    return servedFile(`advisories/${id}.html`, toHtml(read(found.content)));
  }
}

const read = (content: Buffer): Advisory =>
  advisoryOfCsaf(JSON.parse(content.toString('utf8')) as Record<string, unknown>);
