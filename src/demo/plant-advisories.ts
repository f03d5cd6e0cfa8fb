import type { INestApplicationContext } from '@nestjs/common';
import { DraftAdvisory, PublishAdvisory, ReviewAdvisory, SubmitAdvisory } from '../modules/advisories/index.js';
import type { Acting, Person } from './acting.js';
import { eachOf } from './at-once.js';
import type { DemoAdvisory } from './content/index.js';
import type { PlantedRegion } from './plant-region.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Plants what members told anybody: drafted, approved by a second person, published. */
export class AdvisoryPlanter {
  private readonly draft: DraftAdvisory;
  private readonly submit: SubmitAdvisory;
  private readonly review: ReviewAdvisory;
  private readonly publish: PublishAdvisory;

  constructor(
    app: INestApplicationContext,
    private readonly acting: Acting,
    private readonly ground: { region: PlantedRegion; now: Date },
  ) {
    this.draft = app.get(DraftAdvisory);
    this.submit = app.get(SubmitAdvisory);
    this.review = app.get(ReviewAdvisory);
    this.publish = app.get(PublishAdvisory);
  }

  plant(advisories: readonly DemoAdvisory[], atOnce: number): Promise<void> {
    return eachOf([...advisories], atOnce, (advisory) => this.plantOne(advisory));
  }

  private async plantOne(advisory: DemoAdvisory): Promise<void> {
    const [analyst, coordinator] = this.peopleOf(advisory.country);
    const { title, summary, body, kind, product, vulnerability, indicator } = advisory;
    const id = await this.acting.as(analyst, this.at(advisory, 0), (actor) =>
      this.draft.run(actor, {
        title,
        summary,
        body,
        kind,
        language: 'en',
        marking: { tlp: 'TLP:CLEAR' },
        audience: ['public'],
        products: product && [
          {
            id: 'product',
            vendor: product.vendor,
            product: product.name,
            versions: [
              { version: `vers:semver/<${product.before}`, scheme: 'vers', status: 'affected' },
              { version: product.before, scheme: 'plain', status: 'fixed' },
            ],
          },
        ],
        vulnerabilities: vulnerability && [
          {
            title: vulnerability.title,
            description: vulnerability.description,
            cwe: [vulnerability.cwe],
            cvss31: vulnerability.cvss31,
          },
        ],
        remediations: product && [{ category: 'vendor-fix', details: `Install ${product.before} or later.` }],
        indicators: indicator && [indicator],
        references: [{ summary: 'How to report', url: 'https://ronda.example/report' }],
      }),
    );
    await this.acting.as(analyst, this.at(advisory, 1), (actor) => this.submit.run(actor, id, {}, undefined));
    await this.acting.as(coordinator, this.at(advisory, 2), (actor) => this.review.approve(actor, id, undefined));
    await this.acting.as(coordinator, this.at(advisory, 3), (actor) => this.publish.publish(actor, id, undefined));
  }

  private at({ daysAgo }: DemoAdvisory, hours: number): Date {
    return new Date(this.ground.now.getTime() - daysAgo * DAY_MS + hours * HOUR_MS);
  }

  private peopleOf(country: string): [Person, Person] {
    const staff = this.ground.region.members.get(country);
    const [analyst, coordinator] = [staff?.analysts[0], staff?.coordinators[0]];
    if (!analyst || !coordinator) throw new Error(`The demo's CERT of ${country} lacks an analyst or a coordinator`);
    return [analyst, coordinator];
  }
}
