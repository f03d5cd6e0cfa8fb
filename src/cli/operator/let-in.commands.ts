import { Command, Option } from 'nest-commander';
import { SystemChance } from '../../kernel/chance.js';
import { SystemClock } from '../../kernel/clock.js';
import { CliError, EXIT } from '../cli-error.js';
import { print, printJson } from '../terminal.js';
import { RondaCommand } from '../ronda-command.js';
import type { Ground } from './operator.js';
import { Operator } from './operator.js';

const groundOf = ({ database }: Ground) => ({
  migratorUrl: database.migratorUrl,
  clock: new SystemClock(),
  chance: new SystemChance(),
});

const asked = (name: string, value: string | undefined): string => {
  if (value === undefined || value.trim() === '') throw new CliError(`${name} is missing.`, EXIT.usage);
  return value;
};

interface Link {
  organisation: string;
  email: string;
  purpose: 'invitation' | 'password-reset';
  token: string;
  expiresAt: string;
}

function show({ config }: Ground, link: Link, isJson: boolean): void {
  if (isJson) {
    printJson(link);
    return;
  }
  const [path, body] =
    link.purpose === 'invitation' ? ['invitations/accept', 'password'] : ['auth/reset', 'newPassword'];
  print(`
${link.email} of ${link.organisation} gets in with this one-time token, until ${link.expiresAt}:

  ${link.token}

  curl -X POST ${config.publicUrl ?? '$RONDA_URL'}/api/v1/${path} -H 'Authorization: Bearer ${link.token}' \\
    -H 'Content-Type: application/json' -d '{"${body}":"…"}'

It is not shown again. That it was made is recorded.`);
}

interface InviteOptions {
  organisation?: string;
  email?: string;
  name?: string;
  json?: boolean;
}

@Command({
  name: 'invite-admin',
  description: 'invite an administrator into an organisation whose own can no longer sign in',
})
export class InviteAdminCommand extends RondaCommand {
  constructor(private readonly operator: Operator) {
    super();
  }

  async run(_parameters: string[], options: InviteOptions): Promise<void> {
    const organisation = asked('--organisation', options.organisation);
    const email = asked('--email', options.email);
    if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new CliError(`"${email}" is no e-mail address.`, EXIT.usage);
    const displayName = options.name ?? email.split('@', 1)[0] ?? email;
    await this.operator.run(async (ground) => {
      const { letIn } = await this.operator.product();
      const link = await letIn.inviteAdmin(groundOf(ground), { organisation, email, displayName });
      show(ground, link, options.json ?? false);
    });
  }

  @Option({
    flags: '--organisation <id or name>',
    description: 'the id of the organisation, or its name to the letter',
  })
  parseOrganisation(value: string): string {
    return value;
  }

  @Option({ flags: '--email <address>', description: 'of the new administrator' })
  parseEmail(value: string): string {
    return value;
  }

  @Option({ flags: '--name <name>', description: 'of the new administrator' })
  parseName(value: string): string {
    return value;
  }

  @Option({ flags: '--json', description: 'print JSON' })
  parseJson(): boolean {
    return true;
  }
}

interface ResetOptions {
  email?: string;
  organisation?: string;
  clearSecondFactor?: boolean;
  json?: boolean;
}

@Command({
  name: 'reset-access',
  description: 'make a one-time link for an account that nobody inside can let in again',
})
export class ResetAccessCommand extends RondaCommand {
  constructor(private readonly operator: Operator) {
    super();
  }

  async run(_parameters: string[], options: ResetOptions): Promise<void> {
    const email = asked('--email', options.email);
    const { organisation, clearSecondFactor: clearsSecondFactor = false } = options;
    await this.operator.run(async (ground) => {
      const { letIn } = await this.operator.product();
      const link = await letIn.resetAccess(groundOf(ground), { email, organisation, clearsSecondFactor });
      show(ground, link, options.json ?? false);
    });
  }

  @Option({ flags: '--email <address>', description: 'that the account signs in with' })
  parseEmail(value: string): string {
    return value;
  }

  @Option({ flags: '--organisation <id or name>', description: 'where several have an account of the address' })
  parseOrganisation(value: string): string {
    return value;
  }

  @Option({ flags: '--clear-second-factor', description: 'using the link also removes a second factor that was lost' })
  parseClear(): boolean {
    return true;
  }

  @Option({ flags: '--json', description: 'print JSON' })
  parseJson(): boolean {
    return true;
  }
}

interface HandOverOptions {
  to?: string;
  until?: string;
  json?: boolean;
}

@Command({
  name: 'hand-over-secretariat',
  description: 'give the secretariat’s role to another organisation, where its holder is suspended or gone',
})
export class HandOverSecretariatCommand extends RondaCommand {
  constructor(private readonly operator: Operator) {
    super();
  }

  async run(_parameters: string[], options: HandOverOptions): Promise<void> {
    const [to, until] = [asked('--to', options.to), asked('--until', options.until)];
    if (!/^\d{4}-\d{2}-\d{2}$/.test(until) || Number.isNaN(Date.parse(until)))
      throw new CliError(`--until must be a date such as 2028-12-31 (got "${until}").`, EXIT.usage);
    await this.operator.run(async (ground) => {
      const { letIn } = await this.operator.product();
      const done = await letIn.handOverSecretariat(groundOf(ground), { to, until });
      if (options.json) printJson(done);
      else print(`${done.organisation} is the secretariat until ${done.until}. That it was made so is recorded.`);
    });
  }

  @Option({ flags: '--to <id or name>', description: 'the id of the organisation, or its name to the letter' })
  parseTo(value: string): string {
    return value;
  }

  @Option({ flags: '--until <date>', description: 'last day of its term' })
  parseUntil(value: string): string {
    return value;
  }

  @Option({ flags: '--json', description: 'print JSON' })
  parseJson(): boolean {
    return true;
  }
}
