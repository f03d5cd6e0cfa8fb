import type { Actor } from '../../kernel/actor.js';
import type { ExerciseRow, ExerciseState } from './exercises.store.js';

export const EXERCISE_ACTIONS = [
  'invite',
  'list-addresses',
  'start',
  'pause',
  'resume',
  'speed',
  'jump',
  'fire',
  'hold',
  'add',
  'message',
  'end',
  'remark',
  'override',
  'no-duff',
] as const;
export type ExerciseAction = (typeof EXERCISE_ACTIONS)[number];

const steered: Record<ExerciseState, readonly ExerciseAction[]> = {
  prepared: ['start', 'speed', 'hold', 'add', 'message'],
  running: ['pause', 'speed', 'jump', 'fire', 'hold', 'add', 'message', 'end'],
  paused: ['resume', 'speed', 'jump', 'fire', 'hold', 'add', 'message', 'end'],
  ended: [],
};

/** What the caller may do next. */
export function allowedActions(row: ExerciseRow, actor: Actor): ExerciseAction[] {
  const may = actor.permissions.has('exercises:write') && (row.part !== null || row.is_player);
  return [
    ...(row.is_owner && actor.permissions.has('exercises:organise') && row.state !== 'ended'
      ? (['invite', 'list-addresses'] as const)
      : []),
    ...(may && row.part === 'controller' ? steered[row.state] : []),
    ...(may && row.part !== null ? (['remark', 'override'] as const) : []),
    ...(may && row.state !== 'ended' ? (['no-duff'] as const) : []),
  ];
}
