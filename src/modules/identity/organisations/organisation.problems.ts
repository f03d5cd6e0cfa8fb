import type { Fault, Problem } from '../../../kernel/problem.js';
import { conflict } from '../../../kernel/problem.js';

export const standingConflict = (why: string): Problem =>
  conflict('standing-conflict', 'Its standing does not admit that', why);
export const hasNationalCert = (): Problem =>
  conflict(
    'national-cert-exists',
    'There is a national CERT already',
    'That country has a national CERT here. It has to be retired before another is registered.',
  );
export const noSuchOrganisation = (pointer: string): Fault => ({ pointer, detail: 'There is no such organisation.' });
