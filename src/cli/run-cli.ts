import { Injectable, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { CommandFactory, InjectCommander } from 'nest-commander';
import { packageVersion } from '../platform/config/region-file.js';
import { messageOf } from '../platform/config/startup-error.js';
import { ExerciseCommand } from './api/exercise.command.js';
import { IncidentsCommand } from './api/incidents.command.js';
import { LoginCommand } from './api/login.command.js';
import { RequestsCommand } from './api/requests.command.js';
import { SearchCommand } from './api/search.command.js';
import { CliError, EXIT } from './cli-error.js';
import { BackupCommand } from './operator/backup.command.js';
import { InitCommand } from './operator/init.command.js';
import { HandOverSecretariatCommand, InviteAdminCommand, ResetAccessCommand } from './operator/let-in.commands.js';
import { LOAD_PRODUCT, Operator } from './operator/operator.js';
import type { LoadProduct } from './operator/operator.js';
import { RestoreCommand } from './operator/restore.command.js';
import { RetentionCommand } from './operator/retention.command.js';
import { RotateSecretsCommand } from './operator/rotate-secrets.command.js';
import { VerifyCommand } from './operator/verify.command.js';
import type { Commander } from './ronda-command.js';
import { say } from './terminal.js';

/** Help speaks of `ronda`, whatever file it runs from. */
@Injectable()
class Name {
  constructor(@InjectCommander() commander: Commander) {
    commander.name('ronda');
  }
}

@Module({})
class CliModule {
  static forRoot(product: LoadProduct): DynamicModule {
    const operator = [
      Name,
      Operator,
      InitCommand,
      BackupCommand,
      RestoreCommand,
      RotateSecretsCommand,
      VerifyCommand,
      RetentionCommand,
      InviteAdminCommand,
      ResetAccessCommand,
      HandOverSecretariatCommand,
    ];
    const api = [
      LoginCommand,
      ...IncidentsCommand.registerWithSubCommands(),
      ...RequestsCommand.registerWithSubCommands(),
      ...ExerciseCommand.registerWithSubCommands(),
      SearchCommand,
    ];
    return { module: CliModule, providers: [{ provide: LOAD_PRODUCT, useValue: product }, ...operator, ...api] };
  }
}

/** Runs the command that the process was started with, and sets the code it exits with. */
export async function runCli({ product }: { product: LoadProduct }): Promise<void> {
  // A reader that went away (`ronda incidents list | head`) ends the command.
  process.stdout.on('error', () => process.exit(EXIT.failed));
  try {
    const app = await CommandFactory.createWithoutRunning(CliModule.forRoot(product), {
      logger: false,
      version: packageVersion(),
      cliName: 'ronda',
      errorHandler: (error) => {
        throw error;
      },
      serviceErrorHandler: (error) => {
        throw error;
      },
    });
    await CommandFactory.runApplication(app);
  } catch (error) {
    process.exitCode = explain(error);
  }
}

function explain(error: unknown): number {
  if (error instanceof CliError) {
    say(error.message);
    return error.exitCode;
  }
  // Commander has said what is wrong with the command line, or printed the help that was asked for.
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('commander.')) {
    return 'exitCode' in error && error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  say(`It failed: ${messageOf(error)}.`);
  return EXIT.failed;
}
