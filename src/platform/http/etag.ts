import { hash } from 'node:crypto';
import { Problem } from '../../kernel/problem.js';

/** Names of members that nobody edits, by the view that has them. */
const unedited = new WeakMap<object, readonly string[]>();

/**
 * @param names of members, at any depth, that move by use, by the clock or by what others do elsewhere (when a key was
 *   used last). A cache still learns of them from the ETag, but `If-Match` passes over them: no edit of them can be lost,
 *   and whoever revokes a key that is being used must not be told to read it again.
 */
export function besidesEdits<View extends object>(view: View, ...names: string[]): View {
  unedited.set(view, names);
  return view;
}

/**
 * The ETag of a view: a hash of what this caller was shown, so it changes when and only when that does. Views list
 * their members in one order, so their JSON is as good as canonical. Where some are nobody's edit, a hash of the others
 * stands before it, and a dot between.
 * @see RFC 9110 §8.8.3
 */
export function etagOf(view: unknown): string {
  const whole = shortHash(JSON.stringify(view));
  const names = typeof view === 'object' && view !== null ? unedited.get(view) : undefined;
  if (!names) return `"${whole}"`;
  const edited = JSON.stringify(view, (name, value: unknown) => (names.includes(name) ? undefined : value));
  return `"${shortHash(edited)}.${whole}"`;
}

const shortHash = (json: string): string => hash('sha256', json, 'base64url').slice(0, 27);

/** What of an ETag stands for that which is edited. */
const editedPart = (etag: string): string => etag.replace(/\.[\w-]+"$/, '"');

/**
 * Checks `If-Match` against what the caller would be shown now.
 * @param isRequired for PATCH, PUT and DELETE; on POST it is honoured when sent.
 * @throws Problem `precondition-required` (428) or `stale` (412) with the current version.
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 */
export function checkIfMatch(header: string | undefined, currentView: unknown, isRequired: boolean): void {
  if (header === undefined) {
    if (!isRequired) return;
    throw new Problem(
      'precondition-required',
      428,
      'Say which version you change',
      'Send the ETag of the version that you read as If-Match, so that no other change is lost.',
    );
  }
  const etag = etagOf(currentView);
  const sent = header.split(',').map((each) => each.trim());
  if (sent.includes('*') || sent.map(editedPart).includes(editedPart(etag))) return;
  throw new Problem(
    'stale',
    412,
    'Somebody changed it in between',
    'Read the current version and apply your change to it.',
    {
      extensions: { current: currentView, currentEtag: etag },
      headers: { etag },
    },
  );
}

/** Whether `If-None-Match` names what would be sent: then 304 says the same in fewer bytes. @see RFC 9110 §13.1.2 */
export const isNotModified = (header: string | undefined, etag: string): boolean =>
  header !== undefined &&
  header.split(',').some((each) => each.trim().replace(/^W\//, '') === etag || each.trim() === '*');
