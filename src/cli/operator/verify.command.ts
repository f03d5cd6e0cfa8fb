import { readFile } from 'node:fs/promises';
import { Command, Option } from 'nest-commander';
import { Keyring } from '../../platform/secrets/keyring.js';
import { asKeeper } from '../../platform/secrets/keeper.js';
import { messageOf } from '../../platform/config/startup-error.js';
import { CliError, EXIT } from '../cli-error.js';
import { print, printJson } from '../terminal.js';
import { RondaCommand } from '../ronda-command.js';
import { Operator } from './operator.js';

interface VerifyOptions {
  since: string;
  json?: boolean;
}

/** One snapshot: others go on filing. */
const BEGIN = 'begin isolation level repeatable read read only';

@Command({
  name: 'verify',
  description: 'check the ledger in the database against a checkpoint that was saved before, offline',
})
export class VerifyCommand extends RondaCommand {
  constructor(private readonly operator: Operator) {
    super();
  }

  async run(_parameters: string[], { since, json = false }: VerifyOptions): Promise<void> {
    const note = await readFile(since, 'utf8').catch((error: unknown) => {
      throw new CliError(`${since} cannot be read: ${messageOf(error)}.`, EXIT.failed);
    });
    await this.operator.run(async ({ database, secretKeys }) => {
      const { LedgerKeys, verifyLedger } = await import('../../modules/ledger/index.js');
      const keys = new LedgerKeys(new Keyring(secretKeys));
      const verdict = await asKeeper(
        database.migratorUrl,
        (client) => verifyLedger({ client, since: note, trusted: (origin) => keys.publicKeys(origin) }),
        BEGIN,
      );
      if (json) printJson(verdict);
      if (!verdict.isSound)
        throw new CliError(
          `The ledger ${verdict.origin} is not as it was: leaf ${verdict.position}, ${verdict.fault}.`,
          EXIT.failed,
        );
      if (!json)
        print(
          `${verdict.origin}: the ${verdict.since} leaves of the checkpoint are as they were, and all ${verdict.size} hold: ${verdict.entries} entries, ${verdict.erased} of them erased and announced.`,
        );
    });
  }

  @Option({
    flags: '--since <file>',
    description: 'the checkpoint, as GET /api/v1/ledger/checkpoint gave it',
    required: true,
  })
  parseSince(value: string): string {
    return value;
  }

  @Option({ flags: '--json', description: 'print JSON' })
  parseJson(): boolean {
    return true;
  }
}
