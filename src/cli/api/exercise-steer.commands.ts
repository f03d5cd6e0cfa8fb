import { Option, SubCommand } from 'nest-commander';
import { SystemChance } from '../../kernel/chance.js';
import { CliError, EXIT } from '../cli-error.js';
import { plain, print, printJson, printTable } from '../terminal.js';
import { ApiCommand } from './api-command.js';
import type { ApiOptions } from './api-command.js';

/** What the commands show of an exercise's view. */
interface ShownExercise {
  id: string;
  title: string;
  state: string;
  part: string | null;
  teams: { organisation: { name: string }; roles: string[] }[];
  startedAt: string | null;
  endedAt: string | null;
  replayOf: string | null;
  allowedActions: string[];
}

interface ShownClock {
  state: string;
  exerciseSeconds: number;
  speed: number;
}

const pathOf = (id: string): string => `exercises/${encodeURIComponent(id)}`;

const timeText = (seconds: number): string =>
  [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), Math.floor(seconds % 60)]
    .map((each, index) => (index === 0 ? String(each) : String(each).padStart(2, '0')))
    .join(':');

/** A controller's decision: what it makes of the exercise is shown. */
abstract class SteerCommand extends ApiCommand {
  protected async steer(id: string, act: string, body: object, options: ApiOptions): Promise<void> {
    const server = this.server(options);
    const exercise = await server.ask<ShownExercise>(`${pathOf(id)}/${act}`, {
      method: 'POST',
      body,
      headers: { 'idempotency-key': new SystemChance().uuid() },
    });
    if (options.json) {
      printJson(exercise);
      return;
    }
    const clock = await server.ask<ShownClock>(`${pathOf(id)}/clock`);
    print(`${exercise.state} at ${timeText(clock.exerciseSeconds)}, ${clock.speed}×  ${plain(exercise.title)}`);
  }
}

@SubCommand({ name: 'start', arguments: '<id>', description: 'STARTEX: the clock begins' })
export class StartCommand extends SteerCommand {
  run([id = '']: string[], options: ApiOptions): Promise<void> {
    return this.steer(id, 'start', {}, options);
  }
}

interface PauseOptions extends ApiOptions {
  reason?: string;
}

@SubCommand({ name: 'pause', arguments: '<id>', description: 'stop the clock' })
export class PauseCommand extends SteerCommand {
  run([id = '']: string[], options: PauseOptions): Promise<void> {
    return this.steer(id, 'pause', options.reason === undefined ? {} : { reason: options.reason }, options);
  }

  @Option({ flags: '--reason <words>', description: 'why, for the log' })
  parseReason(value: string): string {
    return value;
  }
}

@SubCommand({ name: 'resume', arguments: '<id>', description: 'let the clock go on' })
export class ResumeCommand extends SteerCommand {
  run([id = '']: string[], options: ApiOptions): Promise<void> {
    return this.steer(id, 'resume', {}, options);
  }
}

@SubCommand({ name: 'speed', arguments: '<id> <factor>', description: 'set how fast exercise time passes, 0.1 to 100' })
export class SpeedCommand extends SteerCommand {
  run([id = '', factor = '']: string[], options: ApiOptions): Promise<void> {
    return this.steer(id, 'speed', { factor: numberOf(factor) }, options);
  }
}

interface JumpOptions extends ApiOptions {
  inject?: string;
}

@SubCommand({
  name: 'jump',
  arguments: '<id> [minutes]',
  description: 'set the clock forward, to minutes since STARTEX or to --inject',
})
export class JumpCommand extends SteerCommand {
  async run([id = '', minutes]: string[], options: JumpOptions): Promise<void> {
    const { inject } = options;
    if ((minutes === undefined) === (inject === undefined))
      throw new CliError('Name minutes, or an inject by --inject.', EXIT.usage);
    await this.steer(id, 'jump', minutes === undefined ? { inject } : { toMinutes: numberOf(minutes) }, options);
  }

  @Option({ flags: '--inject <id>', description: 'to when this inject comes' })
  parseInject(value: string): string {
    return value;
  }
}

@SubCommand({ name: 'status', arguments: '<id>', description: 'where an exercise stands, and what you may do' })
export class StatusCommand extends ApiCommand {
  async run([id = '']: string[], options: ApiOptions): Promise<void> {
    const server = this.server(options);
    const [exercise, clock] = await Promise.all([
      server.ask<ShownExercise>(pathOf(id)),
      server.ask<ShownClock>(`${pathOf(id)}/clock`),
    ]);
    if (options.json) {
      printJson({ ...exercise, clock });
      return;
    }
    print(plain(exercise.title));
    printTable(
      [],
      [
        ['id', exercise.id],
        ['state', exercise.state],
        ['exercise time', `${timeText(clock.exerciseSeconds)}, ${clock.speed}×`],
        ['STARTEX', exercise.startedAt ?? ''],
        ['ENDEX', exercise.endedAt ?? ''],
        ...(exercise.replayOf === null ? [] : [['replay of', exercise.replayOf]]),
        ['you are', exercise.part ?? ''],
        ['you may', exercise.allowedActions.join(', ')],
        ...exercise.teams.map(({ organisation, roles }) => ['team', `${organisation.name}: ${roles.join(', ')}`]),
      ],
    );
  }
}

function numberOf(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number)) throw new CliError(`"${value}" is no number.`, EXIT.usage);
  return number;
}
