import { Command, Option } from 'nest-commander';
import { SystemChance } from '../../kernel/chance.js';
import { SystemClock } from '../../kernel/clock.js';
import { openKeyring } from '../../platform/secrets/open-keyring.js';
import { rotateSecrets } from '../../platform/secrets/rotate-secrets.js';
import { print, printJson } from '../terminal.js';
import { RondaCommand } from '../ronda-command.js';
import { Operator } from './operator.js';

@Command({
  name: 'rotate-secrets',
  description: 'seal the secrets in the database anew, under the first of RONDA_SECRET_KEYS',
})
export class RotateSecretsCommand extends RondaCommand {
  constructor(private readonly operator: Operator) {
    super();
  }

  async run(_parameters: string[], { json = false }: { json?: boolean }): Promise<void> {
    await this.operator.run(async ({ database, secretKeys }) => {
      const tools = { clock: new SystemClock(), chance: new SystemChance() };
      const keyring = await openKeyring(database.migratorUrl, secretKeys, tools);
      const { sealedColumns } = await this.operator.product();
      const { keyId, resealed } = await rotateSecrets(database.migratorUrl, keyring, sealedColumns, tools);
      if (json) printJson({ keyId, resealed });
      else print(`Secrets are sealed under the key ${keyId}; ${resealed} were sealed anew.`);
    });
  }

  @Option({ flags: '--json', description: 'print JSON' })
  parseJson(): boolean {
    return true;
  }
}
