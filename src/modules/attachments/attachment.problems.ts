import type { Problem } from '../../kernel/problem.js';
import { forbidden } from '../../kernel/problem.js';

export const notAttaching = (): Problem =>
  forbidden(
    'Analysts and coordinators of the organisation that owns the record attach files to it, and take them away.',
  );
