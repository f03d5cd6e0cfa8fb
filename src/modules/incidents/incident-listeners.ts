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

/** A file that goes to the readers of a record. */
export interface AttachedFile {
  id: string;
  name: string;
  /** Of what was sent: bytes, and lower-case hex. */
  size: number;
  sha256: string;
  /** The first revision whose readers have it. */
  since: number;
}

/** A module that keeps what follows from a release, in the same transaction. */
export interface IncidentListener {
  released(released: Released): Promise<void>;
  erased(recordKey: number, value: string): Promise<void>;
  /** What it would hand to readers besides what the record says; of most modules nothing. */
  attached?(recordKey: number): Promise<AttachedFile[]>;
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

  async attached(recordKey: number): Promise<AttachedFile[]> {
    const files: AttachedFile[] = [];
    for (const listener of this.listeners) files.push(...((await listener.attached?.(recordKey)) ?? []));
    return files;
  }

  async erased(recordKey: number, value: string): Promise<void> {
    for (const listener of this.listeners) await listener.erased(recordKey, value);
  }
}
