import { hash } from 'node:crypto';
import { Problem } from '../../kernel/problem.js';

/**
 * The ETag of a view: a hash of what this caller was shown, so it changes when and only when that does. Views list
 * their members in one order, so their JSON is as good as canonical.
 * @see RFC 9110 §8.8.3
 */
export const etagOf = (view: unknown): string => `"${hash('sha256', JSON.stringify(view), 'base64url').slice(0, 27)}"`;

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
  if (sent.includes('*') || sent.includes(etag)) return;
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
