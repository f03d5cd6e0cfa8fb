import type { Bytes } from './packets.js';

/** CRC-24 of RFC 9580 §6.1.1: no reader needs it any more, and GnuPG of today still says when it is missing. */
function crc24(bytes: Bytes): Bytes {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit += 1) {
      crc <<= 1;
      if (crc & 0x1000000) crc ^= 0x1864cfb;
    }
  }
  return Buffer.from([(crc >> 16) & 0xff, (crc >> 8) & 0xff, crc & 0xff]);
}

/** @see RFC 9580 §6.2 */
export function armored(kind: 'SIGNATURE' | 'PUBLIC KEY BLOCK', bytes: Bytes): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  const checksum = Buffer.from(crc24(bytes)).toString('base64');
  return [`-----BEGIN PGP ${kind}-----`, '', ...lines, `=${checksum}`, `-----END PGP ${kind}-----`, ''].join('\n');
}
