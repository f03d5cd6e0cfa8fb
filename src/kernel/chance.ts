import { randomBytes, randomUUID } from 'node:crypto';

/** The only source of ids and randomness. */
export abstract class Chance {
  /** UUIDv4: tells nothing, not even a time (RFC 9562 §5.4). */
  abstract uuid(): string;
  abstract bytes(length: number): Buffer;
}

export class SystemChance extends Chance {
  uuid(): string {
    return randomUUID();
  }

  bytes(length: number): Buffer {
    return randomBytes(length);
  }
}
