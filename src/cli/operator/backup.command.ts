import { Command, Option } from 'nest-commander';
import { writeBackup } from '../../platform/backup/write-backup.js';
import { packageVersion } from '../../platform/config/region-file.js';
import { ProgressBar, print, printJson } from '../terminal.js';
import { RondaCommand } from '../ronda-command.js';
import { Operator } from './operator.js';

@Command({
  name: 'backup',
  arguments: '<file>',
  description: 'write all that is in the database into one file, while others go on working',
})
export class BackupCommand extends RondaCommand {
  constructor(private readonly operator: Operator) {
    super();
  }

  async run([file = '']: string[], { json = false }: { json?: boolean }): Promise<void> {
    await this.operator.run(async ({ database, region }) => {
      const bar = new ProgressBar('Backing up', 'rows');
      let largest = 1;
      const made = await writeBackup({
        file,
        migratorUrl: database.migratorUrl,
        regionId: region.id,
        version: packageVersion(),
        onProgress: ({ total, of }) => {
          largest = Math.max(largest, total, of);
          bar.update(total, largest);
        },
      });
      bar.end();
      if (json) printJson({ file, ...made });
      else
        print(
          `${file}: ${made.rows} rows, ${made.bytes} bytes, as of ${made.header.createdAt}. The key ${made.header.keyId ?? 'of its secrets'} is not in it: keep it apart.`,
        );
    });
  }

  @Option({ flags: '--json', description: 'print JSON' })
  parseJson(): boolean {
    return true;
  }
}
