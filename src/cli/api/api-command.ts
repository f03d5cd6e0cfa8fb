import { Option } from 'nest-commander';
import { RondaCommand } from '../ronda-command.js';
import { Server } from './server.js';

export interface ApiOptions {
  url?: string;
  json?: boolean;
}

/** A command that speaks to a server over HTTP. */
export abstract class ApiCommand extends RondaCommand {
  protected server({ url }: ApiOptions): Server {
    return Server.at(url);
  }

  @Option({ flags: '--url <url>', description: 'the server; RONDA_URL, or the one signed in to last, when left out' })
  parseUrl(value: string): string {
    return value;
  }

  @Option({ flags: '--json', description: 'print JSON' })
  parseJson(): boolean {
    return true;
  }
}
