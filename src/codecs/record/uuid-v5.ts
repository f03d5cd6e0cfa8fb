import { createHash } from 'node:crypto';

/**
 * The same UUID for the same name, and another for every other.
 * @param namespace a UUID.
 * @see RFC 9562 §5.5
 */
export function uuidV5(namespace: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * A UUIDv5 under the mark of a UUIDv4, which the official validator of STIX asks of every object that is no observable:
 * the same for the same name, with 122 bits of a hash where others have 122 of chance.
 */
export function uuidLikeV4(namespace: string, name: string): string {
  const uuid = uuidV5(namespace, name);
  return `${uuid.slice(0, 14)}4${uuid.slice(15)}`;
}

/**
 * The id of a part: the same for the same name, and beginning as the whole's id does, so that whoever knows the part finds
 * the whole without anything being kept about it. The last 62 bits are a hash.
 */
export const uuidWithin = (whole: string, name: string): string =>
  `${whole.slice(0, 18)}${uuidV5(whole, name).slice(18)}`;
