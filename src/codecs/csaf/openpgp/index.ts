import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { armored } from './armor.js';
import type { Bytes } from './packets.js';
import { TAGS, concat, integer, packet, subpacket, uint16, uint32 } from './packets.js';

export interface OpenPgpKey {
  /** 40 hexadecimal digits, upper case. */
  fingerprint: string;
  /** ASCII armor. The same for the same seed, user id and time. */
  publicKey: string;
  /** A detached signature in ASCII armor, of whatever bytes; the same for the same bytes and time. */
  sign(content: Bytes, at: Date): string;
}

export interface OpenPgpKeyOptions {
  /** 32 octets of chance. The whole of what is secret: whoever has it can sign. */
  seed: Bytes;
  /** Such as `CERT of Exampleland <cert@example.test>`. */
  userId: string;
  createdAt: Date;
}

// EdDSA with the curve's old name, in a key of version 4: what all of today's OpenPGP programs can read.
const EDDSA = 22;
const ED25519 = [0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x0f, 0x01];
const SHA512 = 10;
const OF_A_DOCUMENT = 0x00;
const OF_A_USER_ID = 0x13;
const MAY_CERTIFY_AND_SIGN = 0x03;
/** The frame that a seed has as PKCS #8. @see RFC 8410 §7 */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

const seconds = (at: Date): Bytes => uint32(Math.floor(at.getTime() / 1000));

/**
 * An Ed25519 key that signs, as OpenPGP writes it. Node signs; here it is only written down.
 * @see RFC 9580
 */
export function openPgpKey({ seed, userId, createdAt }: OpenPgpKeyOptions): OpenPgpKey {
  if (seed.length !== 32) throw new RangeError('a seed has 32 octets');
  const secret = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const point = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32);
  const body = concat(
    [4],
    seconds(createdAt),
    [EDDSA, ED25519.length],
    ED25519,
    // 0x40: the point as it is, in no compressed form.
    integer(concat([0x40], point)),
  );
  const framed = concat([0x99], uint16(body.length), body);
  const fingerprint = createHash('sha1').update(framed).digest();
  const user = Buffer.from(userId, 'utf8');
  const certification = signature(secret, fingerprint, {
    type: OF_A_USER_ID,
    at: createdAt,
    content: concat(framed, [0xb4], uint32(user.length), user),
    more: [subpacket(27, [MAY_CERTIFY_AND_SIGN]), subpacket(21, [SHA512])],
  });
  return {
    fingerprint: fingerprint.toString('hex').toUpperCase(),
    publicKey: armored(
      'PUBLIC KEY BLOCK',
      concat(packet(TAGS.publicKey, body), packet(TAGS.userId, user), certification),
    ),
    sign: (content, at) =>
      armored('SIGNATURE', signature(secret, fingerprint, { type: OF_A_DOCUMENT, at, content, more: [] })),
  };
}

interface Signed {
  type: number;
  at: Date;
  content: Bytes;
  /** Further subpackets that are signed as well. */
  more: readonly Bytes[];
}

/** A signature packet of version 4. @see RFC 9580 §5.2.3, §5.2.4 */
function signature(secret: KeyObject, fingerprint: Bytes, { type, at, content, more }: Signed): Bytes {
  const hashed = concat(subpacket(2, seconds(at)), subpacket(33, concat([4], fingerprint)), ...more);
  const head = concat([4, type, EDDSA, SHA512], uint16(hashed.length), hashed);
  const digest = createHash('sha512')
    .update(concat(content, head, [4, 0xff], uint32(head.length)))
    .digest();
  const signed = sign(null, digest, secret);
  // Older readers look for the last eight octets, outside of what is signed.
  const issuer = subpacket(16, fingerprint.subarray(-8));
  return packet(
    TAGS.signature,
    concat(
      head,
      uint16(issuer.length),
      issuer,
      digest.subarray(0, 2),
      integer(signed.subarray(0, 32)),
      integer(signed.subarray(32)),
    ),
  );
}
