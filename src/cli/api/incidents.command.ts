import { Command } from 'nest-commander';
import { CliError, EXIT } from '../cli-error.js';
import { RondaCommand } from '../ronda-command.js';
import { BulkCommand } from './incidents-bulk.command.js';
import { EraseCommand } from './incidents-erase.command.js';
import { ExportCommand } from './incidents-export.command.js';
import { FileCommand } from './incidents-file.command.js';
import { ListCommand, ShowCommand } from './incidents-read.commands.js';
import { RecallCommand, ReceiptsCommand } from './incidents-receipts.commands.js';
import { PreviewCommand, ReleaseCommand } from './incidents-release.commands.js';

@Command({
  name: 'incidents',
  description: 'list, show, file, release, recall and export incidents',
  subCommands: [
    ListCommand,
    ShowCommand,
    FileCommand,
    PreviewCommand,
    ReleaseCommand,
    ReceiptsCommand,
    RecallCommand,
    BulkCommand,
    ExportCommand,
    EraseCommand,
  ],
})
export class IncidentsCommand extends RondaCommand {
  run(): Promise<void> {
    throw new CliError(
      'Say which: ronda incidents list|show|file|preview|release|receipts|recall|bulk|export|erase.',
      EXIT.usage,
    );
  }
}
