import { Command, Option } from 'nest-commander';
import { restoreBackup, verifyBackup } from '../../platform/backup/restore-backup.js';
import type { RestoreProgress, Verified } from '../../platform/backup/restore-backup.js';
import { prepareDatabase } from '../../platform/boot/database.js';
import { StartupError } from '../../platform/config/startup-error.js';
import { CliError } from '../cli-error.js';
import { ProgressBar, print, printJson, say } from '../terminal.js';
import { RondaCommand } from '../ronda-command.js';
import { Operator } from './operator.js';

interface RestoreOptions {
  check?: boolean;
  json?: boolean;
}

@Command({
  name: 'restore',
  arguments: '<file>',
  description: 'put a backup into an empty database; a damaged one is refused before anything is written',
})
export class RestoreCommand extends RondaCommand {
  constructor(private readonly operator: Operator) {
    super();
  }

  async run([file = '']: string[], options: RestoreOptions): Promise<void> {
    if (options.check) return report(file, await checked(file), options);
    // Before the database is so much as migrated; and once more, for what is loaded, when it is.
    await checked(file);
    await this.operator.run(async ({ database, region, secretKeys, progress }) => {
      await prepareDatabase(database, progress);
      const bar = new Bars();
      const restored = await restoreBackup({
        file,
        migratorUrl: database.migratorUrl,
        regionId: region.id,
        secretKeys,
        onProgress: bar.show,
      });
      bar.end();
      report(file, restored, options);
      if (restored.header.icu !== process.versions.icu) {
        say(`It was made with ICU ${restored.header.icu}, and this is ${process.versions.icu ?? 'none'}.`);
      }
    });
  }

  @Option({ flags: '--check', description: 'say whether the file is whole, and restore nothing' })
  parseCheck(): boolean {
    return true;
  }

  @Option({ flags: '--json', description: 'print JSON' })
  parseJson(): boolean {
    return true;
  }
}

async function checked(file: string): Promise<Verified> {
  const bar = new Bars();
  try {
    return await verifyBackup(file, bar.show);
  } catch (error) {
    throw error instanceof StartupError ? new CliError(error.message, error.exitCode, { cause: error }) : error;
  } finally {
    bar.end();
  }
}

function report(file: string, { header, trailer, bytes }: Verified, { check, json }: RestoreOptions): void {
  const rows = Object.values(trailer.rows).reduce((sum, count) => sum + count, 0);
  if (json) printJson({ file, header, rows: trailer.rows, bytes });
  else
    print(`${file} is ${check ? 'whole' : 'restored'}: ${rows} rows of ${header.regionId}, as of ${header.createdAt}.`);
}

class Bars {
  private readonly bars = {
    verifying: new ProgressBar('Verifying', 'bytes'),
    loading: new ProgressBar('Loading', 'bytes'),
  };

  readonly show: RestoreProgress = ({ doing, bytes, of }) => {
    this.bars[doing].update(bytes, of);
    if (bytes === of) this.bars[doing].end();
  };

  end(): void {
    for (const bar of Object.values(this.bars)) bar.end();
  }
}
