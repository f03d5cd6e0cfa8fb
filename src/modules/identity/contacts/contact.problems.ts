import type { Problem } from '../../../kernel/problem.js';
import { conflict } from '../../../kernel/problem.js';

export const networkListed = (): Problem =>
  conflict('network-listed', 'It is listed already', 'Your organisation answers for exactly that already.');
