import { Injectable } from '@nestjs/common';
import { SecretBox } from '../../platform/secrets/secret-box.js';
import { TOLD_TYPES } from './event.types.js';
import type { ToldType } from './event.types.js';

/** What an event is to everybody: its record, kind and time; and by which subscription it matched, if by one. */
export interface EventName {
  recordId: string;
  type: ToldType;
  at: Date;
  subscription: string | null;
}

/** Where a reader goes on: behind an event, or at a time at which it had been told none. */
export type EventPlace = EventName | { since: Date };

const NONE = '00000000-0000-0000-0000-000000000000';
const TAG_BYTES = 16;
const NAME_BYTES = 16 + 1 + 6 + 16;

/**
 * Ids of events. An event is named by what its reader is told of it, and by nothing that counts: ids made of positions would
 * tell how much happens where one may not look. The name is sealed for the reader, so no two readers can compare ids, and
 * nobody can ask whether there was an event that it was not told of. The same event has the same id each time (SIV).
 * @see RFC 5297 for the construction
 */
@Injectable()
export class EventIds {
  constructor(private readonly secrets: SecretBox) {}

  /** @param readerId of the account, or of the organisation of a webhook. */
  of(readerId: string, name: EventName): string {
    const plain = bytesOf(name);
    const tag = this.tagOf(readerId, plain);
    return `e${Buffer.concat([tag, this.masked(readerId, tag, plain)]).toString('base64url')}`;
  }

  /** The place of whoever has been told nothing yet. */
  startingAt(at: Date): string {
    return `t${at.getTime().toString(36)}`;
  }

  /** @returns null for what is no id of this reader's. */
  read(readerId: string, id: string): EventPlace | null {
    const since = /^t([0-9a-z]{1,9})$/.exec(id)?.[1];
    if (since !== undefined) return { since: new Date(parseInt(since, 36)) };
    if (!/^e[\w-]{74}$/.test(id)) return null;
    const bytes = Buffer.from(id.slice(1), 'base64url');
    const tag = bytes.subarray(0, TAG_BYTES);
    const plain = this.masked(readerId, tag, bytes.subarray(TAG_BYTES));
    return plain.length === NAME_BYTES && this.tagOf(readerId, plain).equals(tag) ? nameOf(plain) : null;
  }

  private tagOf(readerId: string, plain: Buffer): Buffer {
    return this.secrets.fingerprint('event id', readerId, plain.toString('hex')).subarray(0, TAG_BYTES);
  }

  private masked(readerId: string, tag: Buffer, bytes: Buffer): Buffer {
    const key = tag.toString('hex');
    const mask = Buffer.concat(['1', '2'].map((part) => this.secrets.fingerprint('event mask', readerId, key, part)));
    return Buffer.from(bytes.map((byte, index) => byte ^ (mask[index] ?? 0)));
  }
}

function bytesOf({ recordId, type, at, subscription }: EventName): Buffer {
  const time = Buffer.alloc(6);
  time.writeUIntBE(at.getTime(), 0, 6);
  return Buffer.concat([ofUuid(recordId), Buffer.of(TOLD_TYPES.indexOf(type)), time, ofUuid(subscription ?? NONE)]);
}

function nameOf(plain: Buffer): EventName {
  const subscription = toUuid(plain.subarray(23, 39));
  return {
    recordId: toUuid(plain.subarray(0, 16)),
    type: TOLD_TYPES[plain[16] ?? 0] ?? 'incident.changed',
    at: new Date(plain.readUIntBE(17, 6)),
    subscription: subscription === NONE ? null : subscription,
  };
}

const ofUuid = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');
const toUuid = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
