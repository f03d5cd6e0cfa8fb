import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import { CliError, EXIT } from './cli-error.js';

/** Results go to standard output, everything else to standard error: `--json` can be piped on. */
export const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
export const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

export const printJson = (value: unknown): void => {
  print(JSON.stringify(value, null, 2));
};

/** A table for people. What somebody filed must not move the cursor, or colour what follows. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const none = Object.fromEntries(
    'top|top-mid|top-left|top-right|bottom|bottom-mid|bottom-left|bottom-right|left|left-mid|mid|mid-mid|right|right-mid'
      .split('|')
      .map((edge) => [edge, '']),
  );
  const table = new Table({
    head: [...head],
    chars: { ...none, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) table.push(row.map(plain));
  print(table.toString().replaceAll(/ +$/gm, ''));
}

/** Control characters as what they are: a title with an escape sequence in it is shown, not obeyed. */
export const plain = (text: string): string =>
  text.replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (each) =>
    each === '\n' || each === '\t' ? ' ' : `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** How far long work is; on a terminal alone. */
export class ProgressBar {
  private readonly bar: SingleBar | undefined;
  private total: number | undefined;

  constructor(what: string, unit: string) {
    if (!process.stderr.isTTY) return;
    this.bar = new SingleBar({
      format: `${what} [{bar}] {percentage}% | {value}/{total} ${unit}`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
    });
  }

  update(value: number, total: number): void {
    if (!this.bar) return;
    if (this.total === undefined) this.bar.start(total, value);
    else if (this.total !== total) this.bar.setTotal(total);
    this.total = total;
    this.bar.update(value);
  }

  end(): void {
    if (this.total !== undefined) this.bar?.stop();
  }
}

/**
 * Asks the person at the terminal.
 * @param isSecret what is typed is not shown.
 * @throws CliError where nobody is there to answer.
 */
export async function askFor(what: string, { isSecret = false } = {}): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new CliError(`${what} is missing, and there is no terminal to ask for it.`, EXIT.usage);
  }
  const muted = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  process.stderr.write(`${what}: `);
  const lines = createInterface({ input: process.stdin, output: isSecret ? muted : process.stderr, terminal: true });
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      lines.once('close', () => {
        reject(new CliError('Nothing was answered.', EXIT.usage));
      });
    });
    if (isSecret) process.stderr.write('\n');
    return answer.trim();
  } finally {
    lines.close();
  }
}
