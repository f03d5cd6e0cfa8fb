import type { Problem } from '../../kernel/problem.js';
import { conflict } from '../../kernel/problem.js';

export const groupConflict = (why: string): Problem => conflict('group-conflict', 'The group does not admit that', why);
export const alreadyInGroup = (): Problem =>
  conflict('already-in-group', 'It is there already', 'That organisation is a member, or is proposed already.');
