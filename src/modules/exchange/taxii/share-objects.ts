import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { recalledObjects, sharedObjects } from '../../../codecs/stix/index.js';
import type { StixObject } from '../../../codecs/stix/index.js';
import { Clock } from '../../../kernel/clock.js';
import { statement } from '../../../platform/database/statement.js';
import { LIVE, UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { IncidentListeners } from '../../incidents/index.js';
import type { IncidentListener, Released } from '../../incidents/index.js';
import { Appearances } from '../../observables/index.js';
import { toExchangeRecord } from '../exchange-record.js';
import { watermarked } from '../watermark.js';

const share = statement('shared-objects-share', 'select ronda.share_objects($1, $2, $3, $4, $5, $6)');
const erase = statement('shared-objects-erase', 'select ronda.erase_from_exchange($1, $2)');

/**
 * Puts what a release says into the collections of its audience, in the transaction of the release. Each collection holds
 * it as all of its readers read it, so of what is said on the record afterwards, and of records that it is linked to,
 * nothing is in it: who reads those differs.
 */
@Injectable()
export class ShareObjects implements IncidentListener, OnModuleInit {
  constructor(
    private readonly work: UnitOfWork,
    private readonly listeners: IncidentListeners,
    private readonly observables: Appearances,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.listeners.add(this);
  }

  async released({ key, revision, principals, incident, beganAt, ownerCreatedAt }: Released): Promise<void> {
    const { id } = incident;
    const said = await this.observables.ofRevision(key, revision);
    const record = toExchangeRecord(this.work.space === LIVE ? incident : watermarked(incident), {
      beginning: { incident_id: id, created_at: beganAt, owner_created_at: ownerCreatedAt },
      observables: said.filter(
        ({ part, reach, observable_id: of }) => part === 'observables' && reach === 'readers' && of !== null,
      ),
      sightings: [],
      comments: [],
      links: [],
    });
    // Of RED nothing leaves by a feed: it is for the persons who are named.
    const readers = incident.marking.tlp === 'TLP:RED' ? [] : principals;
    const now = this.clock.now().toISOString();
    const gone = recalledObjects(record, now).map(row);
    const objects = readers.length === 0 ? [] : sharedObjects(record).map(row);
    await this.work.query(share, [key, revision, readers, JSON.stringify(objects), JSON.stringify(gone), now]);
  }

  async erased(recordKey: number, value: string): Promise<void> {
    await this.work.query(erase, [recordKey, value]);
  }
}

/** What has no versions began with STIX: it is one and the same, whoever says it. */
const row = (object: StixObject): { id: string; type: string; version: string; object: string } => ({
  id: object.id,
  type: object.type,
  version: object.modified ?? (typeof object.created === 'string' ? object.created : '1970-01-01T00:00:00Z'),
  object: JSON.stringify(object),
});
