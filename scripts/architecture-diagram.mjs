// Draws the house from the imports there are, between the markers of docs/architecture.md.
//
//   node scripts/architecture-diagram.mjs            npm run docs:architecture
//   node scripts/architecture-diagram.mjs --check    fails where the drawing is out of date
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import configuration from '../.dependency-cruiser.cjs';

const root = path.resolve(import.meta.dirname, '..');
const page = path.join(root, 'docs/architecture.md');
const BEGIN = '<!-- imports: begin (npm run docs:architecture) -->';
const END = '<!-- imports: end -->';

/** The rooms of the house, from the top; a file belongs to the first that fits. */
const LAYERS = [
  {
    name: 'composition',
    rooms: [
      [/^src\/[^/]+\.ts$/, 'app'],
      [/^src\/(demo)\//, '$1'],
    ],
  },
  { name: 'modules', rooms: [[/^src\/(modules\/[^/]+)\//, '$1']] },
  {
    name: 'platform',
    rooms: [
      [/^src\/(platform\/[^/]+)\//, '$1'],
      [/^src\/platform\/[^/]+\.ts$/, 'platform'],
    ],
  },
  { name: 'pure', rooms: [[/^src\/(codecs|policy|kernel)\//, '$1']] },
  { name: 'data', rooms: [[/^(migrations)\//, '$1']] },
];

const isSpec = (file) => /\.spec\.ts$/.test(file);

function roomOf(file) {
  for (const layer of LAYERS) {
    for (const [pattern, name] of layer.rooms) {
      const match = pattern.exec(file);
      if (match) return { layer: layer.name, name: name.replace('$1', match[1] ?? '') };
    }
  }
  return null;
}

/** @returns {Promise<string>} a Mermaid flowchart; the same text for the same imports. */
async function draw() {
  process.chdir(root);
  const { output } = await cruise(
    ['src', 'migrations'],
    { ...configuration.options, ruleSet: undefined, validate: false },
    undefined,
    { tsConfig: extractTSConfig('tsconfig.json') },
  );
  const rooms = new Map();
  const arrows = new Set();
  for (const module of output.modules) {
    const from = isSpec(module.source) ? null : roomOf(module.source);
    if (!from) continue;
    rooms.set(from.name, from.layer);
    for (const dependency of module.dependencies) {
      const to = roomOf(dependency.resolved);
      if (to && to.name !== from.name) arrows.add(`${from.name} ${to.name}`);
    }
  }
  const id = (name) => name.replace(/[^a-z0-9]+/g, '_');
  const short = (name) => name.split('/').at(-1);
  // What nearly everybody stands on says nothing as forty arrows into one box.
  const importers = (name) => [...arrows].filter((arrow) => arrow.endsWith(` ${name}`)).length;
  const ground = [...rooms.keys()].filter((name) => ['kernel'].includes(name) && importers(name) > 3);
  const lines = ['```mermaid', 'flowchart TD'];
  for (const layer of LAYERS) {
    const names = [...rooms]
      .filter(([, of]) => of === layer.name)
      .map(([name]) => name)
      .sort();
    if (names.length === 0) continue;
    lines.push(`  subgraph ${layer.name}`);
    for (const name of names) lines.push(`    ${id(name)}["${short(name)}"]`);
    lines.push('  end');
  }
  for (const arrow of [...arrows].sort()) {
    const [from, to] = arrow.split(' ');
    if (!ground.includes(to)) lines.push(`  ${id(from)} --> ${id(to)}`);
  }
  lines.push('```');
  for (const name of ground)
    lines.push('', `Not drawn: ${importers(name)} of the ${rooms.size - 1} other rooms import \`${name}\`.`);
  return lines.join('\n');
}

const text = readFileSync(page, 'utf8');
const [before, rest] = text.split(BEGIN);
const after = rest?.split(END)[1];
if (after === undefined) {
  console.error(`docs/architecture.md has lost its markers:\n${BEGIN}\n${END}`);
  process.exit(1);
}
const drawn = `${before}${BEGIN}\n\n${await draw()}\n\n${END}${after}`;
if (!process.argv.includes('--check')) {
  writeFileSync(page, drawn);
} else if (drawn !== text) {
  console.error('docs/architecture.md does not show the imports there are: npm run docs:architecture');
  process.exit(1);
}
