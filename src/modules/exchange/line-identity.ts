import { createHash } from 'node:crypto';
import { canonicalJson } from '../../kernel/canonical-json.js';
import { Problem } from '../../kernel/problem.js';
import type { FileIncidentDto } from '../incidents/index.js';

/**
 * What a filing is known by when it is sent again: its first external reference, else its place in what was sent.
 * @returns hex SHA-256; null where it is known by nothing.
 */
export function identityOf(input: FileIncidentDto, stream: string | undefined, place: string | number): string | null {
  const [first] = input.externalReferences ?? [];
  if (first?.id != null) return hashOf(['reference', first.source, first.id]);
  return stream === undefined ? null : hashOf(['line', stream, place]);
}

/** Hex SHA-256 of the canonical JSON of a value. */
export function hashOf(value: unknown): string {
  let text: string;
  try {
    text = canonicalJson(value);
  } catch (error) {
    if (error instanceof TypeError)
      throw new Problem('invalid-input', 400, 'The request is not valid', 'A number is too large.', {
        errors: [{ pointer: '', detail: 'A number in the line is larger than JSON readers can hold.' }],
      });
    throw error;
  }
  return createHash('sha256').update(text).digest('hex');
}
