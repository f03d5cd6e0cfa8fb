import { Command } from 'nest-commander';
import { CliError, EXIT } from '../cli-error.js';
import { RondaCommand } from '../ronda-command.js';
import { BulkCommand } from './incidents-bulk.command.js';
import { EraseCommand } from './incidents-erase.command.js';
import { ExportCommand } from './incidents-export.command.js';
import { FileCommand } from './incidents-file.command.js';
import { ListCommand, ShowCommand } from './incidents-read.commands.js';

@Command({
  name: 'incidents',
  description: 'list, show, file and export incidents',
  subCommands: [ListCommand, ShowCommand, FileCommand, BulkCommand, ExportCommand, EraseCommand],
})
export class IncidentsCommand extends RondaCommand {
  run(): Promise<void> {
    throw new CliError('Say which: ronda incidents list|show|file|bulk|export|erase.', EXIT.usage);
  }
}
