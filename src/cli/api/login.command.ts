import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Command, Option } from 'nest-commander';
import { askFor, print, printJson } from '../terminal.js';
import { ApiCommand } from './api-command.js';
import type { ApiOptions } from './api-command.js';
import { ServerRefused } from './server.js';
import { settingsPath } from './settings-file.js';

interface LoginOptions extends ApiOptions {
  email?: string;
  passwordFile?: string;
  totp?: string;
}

@Command({ name: 'login', description: 'sign in to a server; the session is kept in a file of yours alone' })
export class LoginCommand extends ApiCommand {
  async run(_parameters: string[], options: LoginOptions): Promise<void> {
    const server = this.server(options);
    const email = options.email ?? (await askFor('E-mail'));
    const password = await this.passwordOf(options);
    const { totp } = options;
    try {
      await server.signIn({ email, password, ...(totp !== undefined && { totp }) });
    } catch (error) {
      const isAsked = error instanceof ServerRefused && error.type === 'urn:ronda:problem:totp-required';
      if (!isAsked || !process.stdin.isTTY) throw error;
      await server.signIn({ email, password, totp: await askFor('Code of your authenticator') });
    }
    if (options.json) printJson({ url: server.url, email });
    else print(`Signed in to ${server.url} as ${email}; the session is in ${settingsPath()}.`);
  }

  /** Never on the command line, where every process of the machine reads it. */
  private async passwordOf({ passwordFile }: LoginOptions): Promise<string> {
    const given = process.env['RONDA_PASSWORD'];
    if (passwordFile === '-') return (await text(process.stdin)).replace(/\r?\n$/, '');
    if (passwordFile !== undefined) return readFileSync(passwordFile, 'utf8').replace(/\r?\n$/, '');
    return given ?? askFor('Password', { isSecret: true });
  }

  @Option({ flags: '--email <address>', description: 'of your account' })
  parseEmail(value: string): string {
    return value;
  }

  @Option({
    flags: '--password-file <file>',
    description: 'read it from a file, "-" for standard input; or RONDA_PASSWORD',
  })
  parsePasswordFile(value: string): string {
    return value;
  }

  @Option({ flags: '--totp <code>', description: 'what your authenticator shows' })
  parseTotp(value: string): string {
    return value;
  }
}
