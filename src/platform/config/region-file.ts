import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ErrorObject } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Fault } from '../../kernel/problem.js';
import type { Region } from '../../kernel/region.js';
import { regionFaults } from '../../kernel/region.js';

/**
 * Reads and checks a region file.
 * @param path the file, relative to the working directory; ASEAN's, which ships with the product, when left out.
 * @throws Error whose message names the file and every fault in it, one a line: JSON Pointer and sentence.
 */
export function loadRegion(path?: string): Region {
  const regions = join(packageRoot(), 'regions');
  const file = path === undefined ? join(regions, 'asean.json') : resolve(path);
  const content = readJson(file);
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  formats.default(ajv);
  const isRegion = ajv.compile<Region>(readJson(join(regions, 'region.schema.json')) as object);
  if (!isRegion(content)) throw invalid(file, (isRegion.errors ?? []).map(faultOf));
  const faults = [...regionFaults(content), ...timeZoneFaults(content)];
  if (faults.length > 0) throw invalid(file, faults);
  return content;
}

/**
 * The folder that holds package.json, from src/, dist/src/ and Jest alike. Found from the script that runs, because
 * import.meta does not exist where Jest runs the sources as CommonJS, and the working directory may be anybody's.
 */
export function packageRoot(): string {
  const script = process.argv[1];
  const starts = script === undefined ? [process.cwd()] : [dirname(realPath(script)), process.cwd()];
  for (const start of starts) {
    for (let folder = start; ; folder = dirname(folder)) {
      if (packageName(folder) === 'ronda') return folder;
      if (folder === dirname(folder)) break;
    }
  }
  throw new Error(
    `Ronda's own folder was not found above ${starts.join(' or ')}. Start it from where it is installed.`,
  );
}

/** node_modules/.bin holds links: what counts is where the script really lies. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function packageName(folder: string): unknown {
  let text: string;
  try {
    text = readFileSync(join(folder, 'package.json'), 'utf8');
  } catch {
    return undefined;
  }
  return (JSON.parse(text) as { name?: unknown }).name;
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`The region file ${file} cannot be read.`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`The region file ${file} is not JSON: ${(cause as Error).message}.`, { cause });
  }
}

const invalid = (file: string, faults: readonly Fault[]): Error =>
  new Error(
    [
      `The region file ${file} is not valid:`,
      ...faults.map(({ pointer, detail }) => `  ${pointer || '/'} ${detail}`),
    ].join('\n'),
  );

function faultOf({ instancePath, keyword, params, message }: ErrorObject): Fault {
  const given = params as Record<string, unknown>;
  switch (keyword) {
    case 'required':
      return { pointer: instancePath, detail: `lacks the property "${String(given['missingProperty'])}".` };
    case 'additionalProperties':
      return { pointer: instancePath, detail: `has the unknown property "${String(given['additionalProperty'])}".` };
    case 'enum':
      return { pointer: instancePath, detail: `must be one of ${(given['allowedValues'] as string[]).join(', ')}.` };
    default:
      return { pointer: instancePath, detail: `${message ?? 'is not valid'}.` };
  }
}

function timeZoneFaults(region: Region): Fault[] {
  const zones = region.members.flatMap(({ timeZones }, member) =>
    timeZones.map((zone, at) => ({ zone, pointer: `/members/${member}/timeZones/${at}` })),
  );
  return [...zones, { zone: region.secretariat.timeZone, pointer: '/secretariat/timeZone' }]
    .filter(({ zone }) => !isTimeZone(zone))
    .map(({ zone, pointer }) => ({ pointer, detail: `${zone} is not an IANA time zone.` }));
}

/** Asked of ICU by use: `Intl.supportedValuesOf` leaves out aliases such as Asia/Yangon. */
function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Of Ronda, as package.json says it. */
export const packageVersion = (): string =>
  (readJson(join(packageRoot(), 'package.json')) as { version: string }).version;
