import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { messageOf } from '../../platform/config/startup-error.js';
import { CliError, EXIT } from '../cli-error.js';

/** @param file its path; "-" is standard input. */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(file === '-' ? await text(process.stdin) : readFileSync(file, 'utf8')) as unknown;
  } catch (error) {
    throw new CliError(`${file} cannot be read as JSON: ${messageOf(error)}.`, EXIT.failed, { cause: error });
  }
}
