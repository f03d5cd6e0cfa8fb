import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { Problem, invalidInput } from '../../kernel/problem.js';
import type { Fault } from '../../kernel/problem.js';
import { JSON_FILE, isFile } from './file-body.js';
import { takeStreams } from './streamed-body.js';
import { escapePointer } from '../../kernel/text-faults.js';

export const BODY_LIMIT_BYTES = 1024 * 1024;

/**
 * What a body may hold beside its bytes. Validating costs a thousand times what sending does: 6 kB of `{}` in a list of
 * objects took 210 ms, 190 kB of unknown members in one object 420 ms. A look-up of 10,000 values still passes.
 */
const MAX_DEPTH = 32;
const BODY_LIMITS = { objects: 2_000, values: 20_000, membersOfOne: 256 } as const;
/** Of a file of JSON, whose bytes are bounded by what a file may hold: some 5,000 STIX objects. */
export const JSON_FILE_LIMITS = { objects: 100_000, values: 400_000, membersOfOne: 1_000 } as const;
type JsonLimits = Readonly<Record<keyof typeof BODY_LIMITS, number>>;

/** Takes JSON bodies and nothing else: other media types answer 415 unless a route takes them as a stream. */
export function takeJsonBodies(server: FastifyInstance): void {
  const parseSafely = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  takeStreams(server);
  server.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer', bodyLimit: BODY_LIMIT_BYTES },
    (request, body, done) => {
      try {
        if (isFile(request, JSON_FILE)) {
          done(null, body);
          return;
        }
        if (body.length === 0) {
          // Clients say application/json by habit, also where there is nothing to say.
          done(null, undefined);
          return;
        }
        if (!isUtf8(body)) throw malformedJson('It is not UTF-8.');
        surveyJson(body, request.routeOptions.config.hasLargeJson ? JSON_FILE_LIMITS : BODY_LIMITS);
        const text = body.toString();
        void parseSafely(request, text, (error, value) => {
          if (error) throw whyUnparsed(text);
          done(null, value);
        });
      } catch (error) {
        done(error as Error);
      }
    },
  );
}

/**
 * Reads one JSON text within the limits that a body has, for whoever gets many of them in one body.
 * @throws Problem 400, by pointer where there is one.
 */
export function readJson(body: Buffer, limits: JsonLimits = BODY_LIMITS): unknown {
  if (!isUtf8(body)) throw malformedJson('It is not UTF-8.');
  surveyJson(body, limits);
  const text = body.toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw whyUnparsed(text);
  }
  // A name may also be written with escapes; few texts hold any, and the others are spared the walk.
  if (/__proto__|constructor|\\u/.test(text)) {
    const faults = faultsWhere(value, dangerousName);
    if (faults.length > 0) throw invalidInput(faults);
  }
  return value;
}

/**
 * Looks over the bytes of a JSON text before anything is built of it, so that a bomb costs no more than its bytes.
 * The text need not be well-formed.
 * @throws Problem 400 with a pointer when it is nested too deep, or holds too much.
 */
export function surveyJson(body: Buffer, limits: JsonLimits = BODY_LIMITS): void {
  const membersAt = new Int32Array(MAX_DEPTH + 1);
  const isObjectAt = new Uint8Array(MAX_DEPTH + 1);
  let depth = 0;
  let objects = 0;
  let values = 1;
  for (let at = 0; at < body.length; at++) {
    switch (body[at]) {
      case QUOTE:
        at = endOfString(body, at);
        break;
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        depth += 1;
        if (depth > MAX_DEPTH) throw tooMuch(body, at, `Values may be nested ${MAX_DEPTH} deep, and here is the next.`);
        isObjectAt[depth] = body[at] === OPEN_OBJECT ? 1 : 0;
        membersAt[depth] = 1;
        if (isObjectAt[depth] && ++objects > limits.objects)
          throw tooMuch(body, at, `A body may hold ${limits.objects} objects, and here is the next.`);
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        if (depth > 0) depth -= 1;
        break;
      case COMMA:
        if (++values > limits.values)
          throw tooMuch(body, at, `A body may hold ${limits.values} values, and here is the next.`);
        membersAt[depth] = (membersAt[depth] ?? 0) + 1;
        if (isObjectAt[depth] && (membersAt[depth] ?? 0) > limits.membersOfOne)
          throw tooMuch(body, at, `An object may have ${limits.membersOfOne} members, and here is the next.`);
        break;
      default:
    }
  }
}

const tooMuch = (body: Buffer, at: number, detail: string): Problem =>
  invalidInput([{ pointer: pointerAt(body, at), detail }]);

/** The index of the quote that ends the string begun at an index. */
function endOfString(body: Buffer, start: number): number {
  for (let at = start + 1; at < body.length; at++) {
    const byte = body[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at += 1;
  }
  return body.length;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** The JSON Pointer of what begins at a byte. Walks the text once more, which only a refused one needs. */
function pointerAt(body: Buffer, end: number): string {
  const path: (string | number)[] = [];
  let lastString = '';
  for (let at = 0; at < end; at++) {
    const byte = body[at];
    if (byte === QUOTE) {
      const start = at;
      at = endOfString(body, at);
      lastString = body.toString('utf8', start, at + 1);
    } else if (byte === OPEN_OBJECT) path.push('');
    else if (byte === OPEN_ARRAY) path.push(0);
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) path.pop();
    else if (byte === COLON) path[path.length - 1] = nameOf(lastString);
    else if (byte === COMMA) {
      const last = path.at(-1);
      if (typeof last === 'number') path[path.length - 1] = last + 1;
    }
  }
  return path.map((step) => `/${escapePointer(String(step))}`).join('');
}

const nameOf = (literal: string): string => {
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal;
  }
};

/** The parser keeps to itself what it found; a person wants to know. */
function whyUnparsed(text: string): Problem {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const position = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined;
    return malformedJson(
      position === undefined
        ? 'It cannot be read as JSON (RFC 8259).'
        : `It cannot be read as JSON (RFC 8259) from character ${Number(position) + 1} on.`,
    );
  }
  return invalidInput(faultsWhere(value, dangerousName));
}

const dangerousName = (name: string, member: unknown): string | undefined =>
  name === '__proto__' ||
  (name === 'constructor' && typeof member === 'object' && member !== null && Object.hasOwn(member, 'prototype'))
    ? `A member may not be called ${name}.`
    : undefined;

const malformedJson = (detail: string): Problem => new Problem('malformed-json', 400, 'The body is not JSON', detail);

/** The first hundred faults that `judge` finds among a value's members, however deep. */
function faultsWhere(root: unknown, judge: (name: string, member: unknown) => string | undefined): Fault[] {
  const faults: Fault[] = [];
  const visit = (value: unknown, pointer: string, name: string): void => {
    const detail = judge(name, value);
    if (detail !== undefined && faults.length < 100) faults.push({ pointer, detail });
    if (typeof value !== 'object' || value === null) return;
    for (const [key, member] of Object.entries(value)) visit(member, `${pointer}/${escapePointer(key)}`, key);
  };
  visit(root, '', '');
  return faults;
}
