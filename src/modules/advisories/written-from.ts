import { Injectable } from '@nestjs/common';
import type { Tlp } from '../../kernel/markings.js';
import type { Fault } from '../../kernel/problem.js';
import type { AudienceItem } from '../../policy/audience.js';
import { derivedFaults } from '../../policy/pass-on.js';
import type { Source } from '../../policy/pass-on.js';
import { IncidentReader } from '../incidents/index.js';
import { WiderSharingStore } from '../sharing/index.js';
import { AdvisoriesStore } from './advisories.store.js';
import type { AdvisoryRow } from './advisory.rows.js';

/** An advisory goes no further than the narrowest incident that it was written from, without that one's owner's consent. */
@Injectable()
export class WrittenFrom {
  constructor(
    private readonly advisories: AdvisoriesStore,
    private readonly incidents: IncidentReader,
    private readonly widerSharing: WiderSharingStore,
  ) {}

  /** Where it would go further than one of its sources if these read it; each by a JSON Pointer. */
  async faults(
    row: AdvisoryRow,
    audience: readonly AudienceItem[],
    pointerOf = (index: number): string => `/audience/${index}`,
  ): Promise<Fault[]> {
    if (row.source_count === 0) return [];
    const ids = (await this.advisories.sources([row.key]))
      .filter(({ number }) => number === row.head)
      .map(({ incident_id }) => incident_id);
    return this.faultsOf({ tlp: row.tlp, sources: ids, sourceCount: row.source_count }, audience, pointerOf);
  }

  /** The same of a revision that is not written yet. @param next its sources, by the ids of those that the caller reads. */
  async faultsOf(
    { tlp, sources: ids, sourceCount }: { tlp: Tlp; sources: readonly string[]; sourceCount: number },
    audience: readonly AudienceItem[],
    pointerOf: (index: number) => string,
  ): Promise<Fault[]> {
    if (sourceCount === 0 || audience.length === 0) return [];
    const known = await Promise.all(ids.map((id) => this.incidents.row(id)));
    const granted = await this.widerSharing.granted(known.map(({ key }) => key));
    const sources = known.map((record) => ({
      says: `incident ${record.id}, which is ${record.tlp ?? 'unmarked'}`,
      source: {
        tlp: record.tlp,
        isOwn: record.is_owner,
        ownerId: record.owner_id,
        consents: granted.filter(({ incident_key: key }) => key === record.key),
      } satisfies Source,
    }));
    // What its owner does not read any more was taken back: nothing that was written from it goes out.
    const lost = Array.from({ length: Math.max(0, sourceCount - known.length) }, () => ({
      says: 'an incident that you do not read any more',
      source: { tlp: null, isOwn: false, ownerId: null, consents: [] } satisfies Source,
    }));
    return [...sources, ...lost].flatMap(({ says, source }) =>
      derivedFaults({ tlp, audience }, source).map((fault): Fault => ({
        pointer: fault.at === 'marking' ? '/marking/tlp' : pointerOf(fault.index),
        detail:
          fault.at === 'marking'
            ? `It was written from ${says}: what stems from that is marked no wider, unless its owner agrees; ask for wider sharing of it.`
            : `It was written from ${says}: what stems from that goes to its owner alone, unless that agrees; ask for wider sharing of it.`,
      })),
    );
  }
}
