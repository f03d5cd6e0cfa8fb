import { CommandRunner } from 'nest-commander';

/** Commander's, which nest-commander brings. */
export type Commander = Parameters<CommandRunner['setCommand']>[0];

/** A command whose mistakes on the command line end in `run-cli`, which knows what to exit with. */
export abstract class RondaCommand extends CommandRunner {
  override setCommand(command: Commander): this {
    command.exitOverride();
    return super.setCommand(command);
  }
}
