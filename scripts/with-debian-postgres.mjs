// Runs a command with RONDA_TEST_DATABASE_URL naming a throw-away cluster of the PostgreSQL that Debian packages:
//
//   node scripts/with-debian-postgres.mjs jest test/e2e
import { spawn } from 'node:child_process';
import path from 'node:path';
import { findDebianPostgres, startDebianPostgres } from './lib/debian-postgres.mjs';

const [command = 'jest', ...args] = process.argv.slice(2);

const bin = findDebianPostgres();
if (!bin) {
  console.error('There is no PostgreSQL from 15 on below /usr/lib/postgresql: apt-get install postgresql');
  process.exit(1);
}
const server = await startDebianPostgres(bin);
console.log(`${server.version} at 127.0.0.1:${new URL(server.superuserUrl).port}`);
const child = spawn(command, args, {
  stdio: 'inherit',
  env: {
    ...process.env,
    RONDA_TEST_DATABASE_URL: server.superuserUrl,
    PATH: `${path.resolve(import.meta.dirname, '../node_modules/.bin')}${path.delimiter}${process.env.PATH}`,
  },
});
// The command gets Ctrl-C as well and ends by itself; the server goes after it.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
const code = await new Promise((resolve) => {
  child.once('error', (error) => {
    console.error(error.message);
    resolve(1);
  });
  child.once('close', (status) => resolve(status ?? 1));
});
await server.stop();
process.exit(code);
