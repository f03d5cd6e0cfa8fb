import { Option, SubCommand } from 'nest-commander';
import type { SimulatedAccount } from './simulation/run-simulation.js';
import { CliError, EXIT } from '../cli-error.js';
import { plain, print, printJson, say } from '../terminal.js';
import { ApiCommand } from './api-command.js';
import type { ApiOptions } from './api-command.js';
import { readJson } from './read-json.js';

interface SimulateOptions extends ApiOptions {
  accounts?: string;
  seed?: string;
}

@SubCommand({
  name: 'simulate',
  arguments: '<id>',
  description: 'play all teams of an exercise through the API, as a seed says, until it is over',
})
export class SimulateCommand extends ApiCommand {
  async run([id = '']: string[], options: SimulateOptions): Promise<void> {
    if (options.accounts === undefined)
      throw new CliError('Say with --accounts whose keys the teams have.', EXIT.usage);
    const { accounts } = (await readJson(options.accounts)) as { accounts?: unknown };
    if (!Array.isArray(accounts)) throw new CliError(`${options.accounts} holds no accounts.`);
    // The exercise engine is needed by this command alone.
    const { simulate } = await import('./simulation/run-simulation.js');
    const acts = await simulate({
      exercise: id,
      seed: options.seed ?? 'ronda',
      accounts: accounts as SimulatedAccount[],
      controller: this.server(options),
    });
    if (options.json) printJson(acts);
    else print(`${acts.done} acts, ${acts.mistaken} of them mistaken, ${acts.refused.length} refused by the server`);
    for (const { team, milestone, why } of acts.refused) say(plain(`refused: ${team}, ${milestone}: ${why}`));
  }

  @Option({
    flags: '--accounts <file>',
    description: 'JSON as demo.json of a data folder: organisation, roles and apiKey',
  })
  parseAccounts(value: string): string {
    return value;
  }

  @Option({ flags: '--seed <seed>', description: 'the same seed plays the same drill' })
  parseSeed(value: string): string {
    return value;
  }
}
