import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');
let isBuilt = false;

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `ronda …` as it is installed, in a process of its own. @param env beside PATH. @param input of standard input. */
export async function ronda(args: readonly string[], env: Record<string, string> = {}, input = ''): Promise<Ran> {
  if (!isBuilt) {
    const built = spawnSync(process.execPath, [path.join(root, 'scripts/ensure-built.mjs')], { encoding: 'utf8' });
    if (built.status !== 0) throw new Error(`The product does not build:\n${built.stdout}${built.stderr}`);
    isBuilt = true;
  }
  const child = spawn(process.execPath, [path.join(root, 'dist/src/cli.js'), ...args], {
    env: { PATH: process.env.PATH, NODE_ENV: 'test', ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A command that ends before it has read all of it closes its end.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}
