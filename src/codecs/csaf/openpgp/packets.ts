export type Bytes = Uint8Array;

export const TAGS = { signature: 2, publicKey: 6, userId: 13 } as const;

export const concat = (...parts: readonly (Bytes | readonly number[])[]): Bytes =>
  Buffer.concat(parts.map((part) => Uint8Array.from(part)));

export const uint16 = (value: number): Bytes => Uint8Array.of((value >> 8) & 0xff, value & 0xff);
export function uint32(value: number): Bytes {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** One octet to 191, two to 8383, five beyond. @see RFC 9580 §4.2.1, §5.2.3.7 */
function lengthOf(count: number): Bytes {
  if (count < 192) return Uint8Array.of(count);
  if (count < 8384) return Uint8Array.of(((count - 192) >> 8) + 192, (count - 192) & 0xff);
  return concat([0xff], uint32(count));
}

export const packet = (tag: number, body: Bytes): Bytes => concat([0xc0 | tag], lengthOf(body.length), body);

export const subpacket = (type: number, body: Bytes | readonly number[]): Bytes =>
  concat(lengthOf(body.length + 1), [type], body);

/** A number in the fewest octets, behind its count of bits. @see RFC 9580 §3.2 */
export function integer(bytes: Bytes): Bytes {
  const first = bytes.findIndex((byte) => byte !== 0);
  const significant = first === -1 ? new Uint8Array() : bytes.subarray(first);
  const [top = 0] = significant;
  const bits = significant.length === 0 ? 0 : (significant.length - 1) * 8 + (32 - Math.clz32(top));
  return concat(uint16(bits), significant);
}
