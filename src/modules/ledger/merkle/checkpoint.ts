import { HASH_BYTES } from './hash.js';
import { MerkleFault } from './merkle-fault.js';
import { fromBase64, openNote } from './note.js';
import type { NoteVerifier, OpenedNote } from './note.js';

/** What a log says of itself at one size. */
export interface Checkpoint {
  /** Which log: also the name of its keys. */
  origin: string;
  /** In leaves. */
  size: number;
  /** 32 bytes. */
  root: Buffer;
}

/** @see C2SP tlog-checkpoint.md */
export const formatCheckpoint = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`;

/**
 * @param text of a note. Lines behind the root are extensions, and pass.
 * @throws MerkleFault `checkpoint-malformed`.
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', count = '', base64 = '', ...rest] = text.split('\n');
  const root = fromBase64(base64);
  const size = /^(0|[1-9]\d*)$/.test(count) ? Number(count) : Number.NaN;
  const areExtensions = rest.at(-1) === '' && rest.slice(0, -1).every((line) => line !== '');
  if (origin === '' || !Number.isSafeInteger(size) || root?.length !== HASH_BYTES || !areExtensions)
    throw new MerkleFault('checkpoint-malformed', 'A checkpoint is an origin, a size and a root of 32 bytes');
  return { origin, size, root };
}

/**
 * @param origin the log that is asked about.
 * @throws MerkleFault as `openNote` and `parseCheckpoint`; `checkpoint-malformed` for another log's.
 */
export function openCheckpoint(
  note: string,
  origin: string,
  verifiers: readonly NoteVerifier[],
): Checkpoint & { note: OpenedNote } {
  const opened = openNote(note, verifiers);
  const checkpoint = parseCheckpoint(opened.text);
  if (checkpoint.origin !== origin)
    throw new MerkleFault('checkpoint-malformed', `It is a checkpoint of ${checkpoint.origin}, not of ${origin}`);
  if (!opened.verified.some(({ kind, name }) => kind === 'log' && name === origin))
    throw new MerkleFault('note-unsigned', 'The log itself has not signed it');
  return { ...checkpoint, note: opened };
}
