// docs/openapi.json is what the code says, is OpenAPI 3.1, passes Redocly's rules, and shows an example of every body.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt } from './ensure-built.mjs';

const root = path.resolve(import.meta.dirname, '..');
const file = path.join(root, 'docs/openapi.json');

const fail = (message) => {
  console.error(message);
  process.exit(1);
};
const run = (args) =>
  spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  });

const build = await ensureBuilt();
if (!build.ok) fail(build.output);

const committed = existsSync(file) ? readFileSync(file, 'utf8') : '';
const written = run([path.join(root, 'dist/src/openapi.js'), file]);
if (written.status !== 0) fail(`dist/src/openapi.js: ${written.stdout}${written.stderr}`);
const current = readFileSync(file, 'utf8');
if (current !== committed) {
  // The check only looks: what it found is written by `npm run openapi`.
  if (committed) writeFileSync(file, committed);
  else rmSync(file);
  const was = committed.split('\n');
  const line = current.split('\n').findIndex((text, at) => text !== was[at]) + 1;
  fail(`docs/openapi.json is not what the code says, from line ${line} on: npm run openapi, and commit it`);
}

const document = JSON.parse(current);
if (!/^3\.1\./.test(document.openapi)) fail(`docs/openapi.json is OpenAPI ${document.openapi}, not 3.1`);

const lint = run([
  path.join(root, 'node_modules/@redocly/cli/bin/cli.js'),
  'lint',
  '--config',
  path.join(root, 'redocly.yaml'),
  '--format',
  'stylish',
  file,
]);
if (lint.status !== 0) fail(`${lint.stdout}${lint.stderr}`);

const bare = bodiesWithoutExample(document);
if (bare.length > 0) fail(`Without an example:\n${bare.map((where) => `  ${where}`).join('\n')}`);

/** @returns {string[]} every JSON body, asked or answered, that shows no example of itself. */
function bodiesWithoutExample({ paths, ...rest }) {
  const resolve = (node) =>
    node?.$ref
      ? resolve(
          node.$ref
            .slice(2)
            .split('/')
            .reduce((at, key) => at?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], { paths, ...rest }),
        )
      : node;
  const has = (node) => node?.example !== undefined || node?.examples !== undefined;
  const isShown = (schema) => {
    const of = resolve(schema);
    return has(schema) || has(of) || (of?.type === 'array' && isShown(of.items)) || (of?.allOf?.some(isShown) ?? false);
  };
  const found = [];
  for (const [route, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (typeof operation !== 'object' || !operation.responses) continue;
      const bodies = [['request', resolve(operation.requestBody)]];
      for (const [status, answer] of Object.entries(operation.responses)) bodies.push([status, resolve(answer)]);
      for (const [what, body] of bodies) {
        for (const [type, media] of Object.entries(body?.content ?? {})) {
          if (!/json/.test(type) || has(media) || isShown(media.schema)) continue;
          found.push(`${method.toUpperCase()} ${route} ${what} ${type}`);
        }
      }
    }
  }
  return found;
}
