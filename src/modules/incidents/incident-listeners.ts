import { Injectable } from '@nestjs/common';
import type { IncidentView } from './incident.views.dto.js';

/** What a revision says to whoever it is released to, by none of them in particular. */
export type ReleasedIncident = Pick<
  IncidentView,
  | 'id'
  | 'status'
  | 'title'
  | 'description'
  | 'language'
  | 'rsit'
  | 'marking'
  | 'authorship'
  | 'organisation'
  | 'alias'
  | 'occurredAt'
  | 'detectedAt'
  | 'reportedAt'
  | 'containedAt'
  | 'resolvedAt'
  | 'sector'
  | 'countries'
  | 'severity'
  | 'fraud'
  | 'techniques'
  | 'tags'
  | 'externalReferences'
  | 'updatedAt'
>;

export interface Released {
  key: number;
  revision: number;
  principals: readonly number[];
  incident: ReleasedIncident;
  /** When the record begins for whoever is let in by this release. */
  beganAt: Date;
  ownerCreatedAt: Date | null;
}

/** A module that keeps what follows from a release, in the same transaction. */
export interface IncidentListener {
  released(released: Released): Promise<void>;
  erased(recordKey: number, value: string): Promise<void>;
}

/** Who follows releases. They come from modules that know this one, which knows none of them. */
@Injectable()
export class IncidentListeners {
  private readonly listeners: IncidentListener[] = [];

  add(listener: IncidentListener): void {
    this.listeners.push(listener);
  }

  async released(released: Released): Promise<void> {
    for (const listener of this.listeners) await listener.released(released);
  }

  async erased(recordKey: number, value: string): Promise<void> {
    for (const listener of this.listeners) await listener.erased(recordKey, value);
  }
}
