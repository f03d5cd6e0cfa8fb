import { Command } from 'nest-commander';
import { CliError, EXIT } from '../cli-error.js';
import { RondaCommand } from '../ronda-command.js';
import { ReplayCommand, ReportCommand } from './exercise-after.commands.js';
import { ImportScenarioCommand, LintCommand } from './exercise-scenario.commands.js';
import { SimulateCommand } from './exercise-simulate.command.js';
import {
  JumpCommand,
  PauseCommand,
  ResumeCommand,
  SpeedCommand,
  StartCommand,
  StatusCommand,
} from './exercise-steer.commands.js';

@Command({
  name: 'exercise',
  description: 'check and keep scenarios, conduct, simulate and replay exercises',
  subCommands: [
    LintCommand,
    ImportScenarioCommand,
    StartCommand,
    PauseCommand,
    ResumeCommand,
    SpeedCommand,
    JumpCommand,
    StatusCommand,
    ReportCommand,
    ReplayCommand,
    SimulateCommand,
  ],
})
export class ExerciseCommand extends RondaCommand {
  run(): Promise<void> {
    throw new CliError(
      'Say which: ronda exercise lint|import|start|pause|resume|speed|jump|status|report|replay|simulate.',
      EXIT.usage,
    );
  }
}
