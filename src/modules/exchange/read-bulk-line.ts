import { Inject, Injectable } from '@nestjs/common';
import { isISO31661Alpha2, isISO4217CurrencyCode, isURL } from 'class-validator';
import { incidentOfVeris, verisFaults } from '../../codecs/veris/index.js';
import type { Tlp } from '../../kernel/markings.js';
import { invalidInput } from '../../kernel/problem.js';
import type { Region } from '../../kernel/region.js';
import { REGION } from '../../platform/config/region.token.js';
import { readJson } from '../../platform/http/body-limits.js';
import { InputPipe } from '../../platform/http/validation.js';
import { FileIncidentDto } from '../incidents/index.js';
import type { BulkQuery } from './bulk.dto.js';
import { emptyLine, lineTooLong } from './exchange.problems.js';
import { hashOf, identityOf } from './line-identity.js';
import type { Line } from './read-lines.js';

/** A line that can be filed, unless it was before. */
export interface GoodLine {
  number: number;
  input: FileIncidentDto;
  /** Hex SHA-256 of what the line is known by; null where it is known by nothing. */
  identity: string | null;
  /** Hex SHA-256 of the line's canonical JSON, and of the marking that it was given. */
  contentHash: string;
}

/** Reads a line: JSON, then its format, then the shape of a filing. Asks nothing of the database. */
@Injectable()
export class ReadBulkLine {
  private readonly input = new InputPipe();
  private readonly sectors: ReadonlySet<string>;

  constructor(@Inject(REGION) region: Region) {
    this.sectors = new Set(region.sectors.map(({ id }) => id));
  }

  /** @throws Problem with all faults of the line. */
  async run({ number, bytes }: Line, query: BulkQuery): Promise<GoodLine> {
    if (!bytes) throw lineTooLong();
    if (bytes.toString('latin1').trim() === '') throw emptyLine();
    const line = readJson(bytes);
    const marked = query.format === 'veris' ? this.fromVeris(line, query) : withMarking(line, query.marking);
    const input = (await this.input.transform(marked, { type: 'body', metatype: FileIncidentDto })) as FileIncidentDto;
    const wasMarkedHere = marked !== line && query.marking !== undefined;
    return {
      number,
      input,
      identity: identityOf(input, query.stream, number),
      contentHash: hashOf(wasMarkedHere ? { line, marking: query.marking } : { line }),
    };
  }

  private fromVeris(line: unknown, { profile = 'strict', marking }: BulkQuery): object {
    const faults = verisFaults(line, profile);
    if (faults.length > 0) throw invalidInput(faults);
    const incident = incidentOfVeris(line as Record<string, unknown>, {
      sectors: this.sectors,
      isCountry: isISO31661Alpha2,
      isCurrency: isISO4217CurrencyCode,
      isUrl,
    });
    return marking === undefined ? incident : { ...incident, marking: { tlp: marking } };
  }
}

/** The line with the marking, where it has none of its own. What is no object is left to whoever validates it. */
export function withMarking(line: unknown, tlp: Tlp | undefined): unknown {
  if (tlp === undefined || !isObject(line)) return line;
  const { marking } = line;
  if (marking === undefined || marking === null) return { ...line, marking: { tlp } };
  if (!isObject(marking) || (marking.tlp !== undefined && marking.tlp !== null)) return line;
  return { ...line, marking: { ...marking, tlp } };
}

/** As the shape of a filing has it. */
const isUrl = (text: string): boolean =>
  text.length <= 2000 && isURL(text, { require_tld: false, protocols: ['http', 'https'], require_protocol: true });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
