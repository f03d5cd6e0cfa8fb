import { Command, Option } from 'nest-commander';
import { prepareDatabase } from '../../platform/boot/database.js';
import { StartupError } from '../../platform/config/startup-error.js';
import { CliError, EXIT } from '../cli-error.js';
import { askFor, print, printJson } from '../terminal.js';
import { RondaCommand } from '../ronda-command.js';
import type { Ground } from './operator.js';
import { Operator } from './operator.js';

interface InitOptions {
  email?: string;
  name?: string;
  json?: boolean;
}

@Command({
  name: 'init',
  description: 'prepare an empty database, and make the secretariat and its first administrator',
})
export class InitCommand extends RondaCommand {
  constructor(private readonly operator: Operator) {
    super();
  }

  async run(_parameters: string[], options: InitOptions): Promise<void> {
    const email = options.email ?? (await askFor("The first administrator's e-mail"));
    if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new CliError(`"${email}" is no e-mail address.`, EXIT.usage);
    const displayName = options.name ?? (await askFor("The first administrator's name"));
    await this.operator.run((ground) => this.found(ground, { email, displayName }, options.json ?? false));
  }

  private async found(ground: Ground, admin: { email: string; displayName: string }, isJson: boolean): Promise<void> {
    const { config, region, database, progress } = ground;
    await prepareDatabase(database, progress);
    await this.operator.withApp(ground, async (app, product) => {
      const link = await product.foundRegion(app, admin);
      if (!link) {
        throw new StartupError(
          'founded',
          'This database has organisations in it already: their administrators invite whoever is missing.',
        );
      }
      if (isJson) printJson({ secretariat: region.secretariat.name, ...admin, ...link });
      else print(whatNext(region.secretariat.name, admin.email, link, config.publicUrl ?? '$RONDA_URL'));
    });
  }

  @Option({ flags: '--email <address>', description: 'of the first administrator' })
  parseEmail(value: string): string {
    return value;
  }

  @Option({ flags: '--name <name>', description: 'of the first administrator' })
  parseName(value: string): string {
    return value;
  }

  @Option({ flags: '--json', description: 'print JSON' })
  parseJson(): boolean {
    return true;
  }
}

const whatNext = (
  secretariat: string,
  email: string,
  { token, expiresAt }: { token: string; expiresAt: string },
  url: string,
): string => `
The region is founded: ${secretariat}.

${email} opens the first account with this one-time token, until ${expiresAt}:

  ${token}

  curl -X POST ${url}/api/v1/invitations/accept -H 'Authorization: Bearer ${token}' \\
    -H 'Content-Type: application/json' -d '{"password":"…"}'

It is not shown again.`;
