import { isSignedBy, KEY_BYTES, signWith } from './ed25519.js';
import type { SigningKey } from './ed25519.js';
import { sha256 } from './hash.js';
import { MerkleFault } from './merkle-fault.js';

const ID_BYTES = 4;
const ED25519 = 0x01;
const COSIGNATURE_V1 = 0x04;
const TIME_BYTES = 8;
/** More than any log has witnesses. */
const MOST_SIGNATURES = 100;

/** Who signs a note, and by what. */
export interface NoteVerifier {
  name: string;
  /** 32 bytes. */
  publicKey: Buffer;
  /** A log signs the note; a witness cosigns it with the time at which it saw it. */
  kind: 'log' | 'witness';
}

export interface NoteSignature {
  name: string;
  /** Behind the key's id: of Ed25519 64 bytes, of a witness 8 of time and 64. */
  signature: Buffer;
  /** 4 bytes. */
  keyId: Buffer;
}

export interface SignedNote {
  /** What is signed; ends with a newline. */
  text: string;
  signatures: NoteSignature[];
}

/** What is known of a note once it was opened. */
export interface OpenedNote {
  text: string;
  /** Those that hold, by the verifiers that were handed in. */
  verified: (NoteVerifier & { witnessedAt?: Date })[];
  /** Those of keys that are not known here: kept, and not relied upon. */
  unknown: NoteSignature[];
}

const malformed = (message: string): never => {
  throw new MerkleFault('note-malformed', message);
};

/** No Unicode space, no plus, something: what a key may be called. */
const isKeyName = (name: string): boolean => name.length > 0 && !/[\s+\p{Z}\p{Cc}]/u.test(name);

/** @returns undefined for whatever is not the one way to write its bytes. */
export function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** @see C2SP signed-note.md, Signature types */
export const keyIdOf = ({ name, publicKey, kind }: NoteVerifier): Buffer =>
  sha256(Buffer.from(`${name}\n`), Buffer.of(kind === 'log' ? ED25519 : COSIGNATURE_V1), publicKey).subarray(
    0,
    ID_BYTES,
  );

/** `name+id+key`, as verifiers are handed around. @see C2SP signed-note.md, Verifier keys */
export const verifierKeyOf = (verifier: NoteVerifier): string => {
  const type = Buffer.of(verifier.kind === 'log' ? ED25519 : COSIGNATURE_V1);
  const key = Buffer.concat([type, verifier.publicKey]).toString('base64');
  return `${verifier.name}+${keyIdOf(verifier).toString('hex')}+${key}`;
};

/** @throws MerkleFault `note-malformed` for what is no verifier key, or has another's id. */
export function parseVerifierKey(text: string): NoteVerifier {
  const [name = '', id = '', ...rest] = text.split('+');
  const key = fromBase64(rest.join('+'));
  const kind = key?.[0] === ED25519 ? 'log' : key?.[0] === COSIGNATURE_V1 ? 'witness' : undefined;
  if (!isKeyName(name) || key?.length !== 1 + KEY_BYTES || kind === undefined)
    return malformed('This is not a verifier key');
  const verifier: NoteVerifier = { name, publicKey: key.subarray(1), kind };
  if (keyIdOf(verifier).toString('hex') !== id) malformed('The id of the key is not its own');
  return verifier;
}

/** @throws MerkleFault `note-malformed`. @see C2SP signed-note.md, Format */
export function parseNote(note: string): SignedNote {
  const end = note.lastIndexOf('\n\n');
  // eslint-disable-next-line no-control-regex -- which ones the format refuses
  if (end < 0 || !note.endsWith('\n') || /[\u0000-\u0009\u000b-\u001f\u007f]/.test(note))
    malformed('A signed note is a text, an empty line, and signatures');
  if (!note.isWellFormed()) malformed('A signed note is UTF-8');
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > MOST_SIGNATURES) malformed('The note has too many signatures');
  return { text: note.slice(0, end + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): NoteSignature {
  const [, name = '', base64 = ''] = /^— (\S+) (\S+)$/u.exec(line) ?? [];
  const bytes = fromBase64(base64);
  if (!isKeyName(name) || !bytes || bytes.length <= ID_BYTES) return malformed('A line is no signature');
  return { name, keyId: bytes.subarray(0, ID_BYTES), signature: bytes.subarray(ID_BYTES) };
}

export const formatNote = ({ text, signatures }: SignedNote): string =>
  `${text}\n${signatures
    .map(({ name, keyId, signature }) => `— ${name} ${Buffer.concat([keyId, signature]).toString('base64')}\n`)
    .join('')}`;

/** A log's signature of a text. */
export function signNote(text: string, name: string, key: SigningKey): NoteSignature {
  const keyId = keyIdOf({ name, publicKey: key.publicKey, kind: 'log' });
  return { name, keyId, signature: signWith(key, Buffer.from(text)) };
}

/** A witness's signature of a checkpoint that it saw at a time, to the second. @see C2SP tlog-cosignature.md */
export function cosignNote(text: string, name: string, key: SigningKey, at: Date): NoteSignature {
  const seconds = Math.floor(at.getTime() / 1000);
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(BigInt(seconds));
  const keyId = keyIdOf({ name, publicKey: key.publicKey, kind: 'witness' });
  return { name, keyId, signature: Buffer.concat([time, signWith(key, cosigned(text, seconds))]) };
}

const cosigned = (text: string, seconds: number | bigint): Buffer =>
  Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);

/**
 * Checks the signatures of the keys that are known, and keeps the others.
 * @throws MerkleFault `note-malformed`; `note-forged` where a signature by a known key does not hold; `note-unsigned`
 *   where no known log signed.
 */
export function openNote(note: string, verifiers: readonly NoteVerifier[]): OpenedNote {
  const { text, signatures } = parseNote(note);
  const opened: OpenedNote = { text, verified: [], unknown: [] };
  for (const signature of signatures) {
    const verifier = verifiers.find((each) => each.name === signature.name && keyIdOf(each).equals(signature.keyId));
    if (!verifier) opened.unknown.push(signature);
    else opened.verified.push({ ...verifier, ...held(verifier, text, signature) });
  }
  if (!opened.verified.some(({ kind }) => kind === 'log'))
    throw new MerkleFault('note-unsigned', 'No log that is known here signed the note');
  return opened;
}

function held({ publicKey, kind }: NoteVerifier, text: string, { name, signature }: NoteSignature): object {
  const isTimed = kind === 'witness' && signature.length > TIME_BYTES;
  const seconds = isTimed ? signature.readBigUInt64BE() : 0n;
  const message = kind === 'log' ? Buffer.from(text) : cosigned(text, seconds);
  const given = kind === 'log' ? signature : signature.subarray(TIME_BYTES);
  if (!isSignedBy(publicKey, message, given))
    throw new MerkleFault('note-forged', `The signature of ${name} does not hold`);
  return isTimed ? { witnessedAt: new Date(Number(seconds) * 1000) } : {};
}
