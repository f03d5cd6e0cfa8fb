import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { messageOf } from '../../platform/config/startup-error.js';
import { CliError, EXIT } from '../cli-error.js';

/** @param file its path; "-" is standard input, of which nobody knows how long it is. @throws CliError */
export async function openFile(file: string): Promise<{ body: Readable; bytes: number | undefined }> {
  if (file === '-') return { body: process.stdin, bytes: undefined };
  try {
    const { size } = await stat(file);
    return { body: createReadStream(file), bytes: size };
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${messageOf(error)}.`, EXIT.failed, { cause: error });
  }
}
