import { Command, Option } from 'nest-commander';
import { CliError, EXIT } from '../cli-error.js';
import { print, printJson, printTable } from '../terminal.js';
import { RondaCommand } from '../ronda-command.js';
import { Operator } from './operator.js';

interface RetentionOptions {
  dryRun?: boolean;
  apply?: boolean;
  json?: boolean;
}

@Command({
  name: 'retention',
  description:
    'take away what the region file’s rules no longer keep, as the worker does each hour; or say what that would be',
})
export class RetentionCommand extends RondaCommand {
  constructor(private readonly operator: Operator) {
    super();
  }

  async run(_parameters: string[], { dryRun = false, apply = false, json = false }: RetentionOptions): Promise<void> {
    // What is taken away does not come back: neither is meant by default.
    if (dryRun === apply) throw new CliError('Say --dry-run or --apply.', EXIT.usage);
    await this.operator.run((ground) =>
      this.operator.withApp(ground, async (app, product) => {
        if (apply) {
          const erased = await product.retention(app).run();
          if (json) printJson(erased);
          else print(`Taken away: ${erased.incident} incidents, ${erased.draft} drafts, ${erased.comment} comments.`);
          return;
        }
        const due = await product.retention(app).survey();
        if (json) printJson(due);
        else if (due.length === 0) print('Nothing is older than its rule keeps it.');
        else
          printTable(
            ['KIND', 'OF', 'KEPT', 'HOW MANY', 'OLDEST'],
            due.map(({ kind, country, days, count, oldest }) => [
              kind,
              country ?? 'the region',
              `${days} days`,
              String(count),
              oldest.toISOString().slice(0, 10),
            ]),
          );
      }),
    );
  }

  @Option({ flags: '--dry-run', description: 'say what would be taken away, and take nothing' })
  parseDryRun(): boolean {
    return true;
  }

  @Option({ flags: '--apply', description: 'take it away, for good' })
  parseApply(): boolean {
    return true;
  }

  @Option({ flags: '--json', description: 'print JSON' })
  parseJson(): boolean {
    return true;
  }
}
