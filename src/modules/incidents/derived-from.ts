import { Injectable } from '@nestjs/common';
import type { Fault } from '../../kernel/problem.js';
import type { Tlp } from '../../kernel/markings.js';
import type { AudienceItem } from '../../policy/audience.js';
import { derivedFaults } from '../../policy/pass-on.js';
import type { Source } from '../../policy/pass-on.js';
import { WiderSharingStore } from '../sharing/index.js';
import type { IncidentRow } from './incident.rows.js';
import { LinkIncidents } from './link-incidents.js';

/**
 * Something derived is never wider than its narrowest source without that owner's consent. A record is derived from what it
 * says so of, by a link of that kind; consent is what its owner granted to whom asked for wider sharing of it.
 */
@Injectable()
export class DerivedFrom {
  constructor(
    private readonly links: LinkIncidents,
    private readonly widerSharing: WiderSharingStore,
  ) {}

  /** Where a release of the caller's record would go further than one of its sources. */
  async faults(row: IncidentRow, next: { tlp: Tlp; audience: readonly AudienceItem[] }): Promise<Fault[]> {
    const count = await this.links.countDerivedFrom(row);
    if (count === 0) return [];
    const known = (await this.links.sources(row)).filter(({ kind }) => kind === 'derived-from');
    const granted = await this.widerSharing.granted(known.map(({ record }) => record.key));
    const sources = known.map(({ link, record }) => ({
      says: `the record that link ${link} names, which is ${record.tlp ?? 'unmarked'}`,
      source: {
        tlp: record.tlp,
        isOwn: record.is_owner,
        ownerId: record.owner_id,
        consents: granted.filter(({ incident_key: key }) => key === record.key),
      } satisfies Source,
    }));
    // What it does not read any more was taken back: nothing that was written from it goes out.
    const lost = Array.from({ length: Math.max(0, count - known.length) }, () => ({
      says: 'a record that you do not read any more',
      source: { tlp: null, isOwn: false, ownerId: null, consents: [] } satisfies Source,
    }));
    return [...sources, ...lost].flatMap(({ says, source }) =>
      derivedFaults(next, source).map((fault): Fault =>
        fault.at === 'marking'
          ? {
              pointer: '/marking/tlp',
              detail: `It was written from ${says}: what stems from that is marked no wider, unless its owner agrees; ask for wider sharing of it.`,
            }
          : {
              pointer: `/audience/${fault.index}`,
              detail: `It was written from ${says}: what stems from that goes to its owner alone, unless that agrees; ask for wider sharing of it.`,
            },
      ),
    );
  }
}
