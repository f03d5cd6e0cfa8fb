import { emptyRecord } from '../../codecs/record/index.js';
import type { ExchangeRecord, RecordReference } from '../../codecs/record/index.js';
import { objectsOf, textOf, textsOf } from '../../codecs/record/json.js';

/** What the facts of an incident say, as codecs and the sanitiser take it. What is not among them is the caller's to add. */
export function recordOfFacts(id: string, at: string, facts: Readonly<Record<string, unknown>>): ExchangeRecord {
  const text = (name: string): string | null => textOf(facts[name]);
  return {
    ...emptyRecord(id, at),
    title: text('title') ?? '',
    description: text('description'),
    language: text('language'),
    occurredAt: text('occurredAt'),
    detectedAt: text('detectedAt'),
    reportedAt: text('reportedAt'),
    containedAt: text('containedAt'),
    resolvedAt: text('resolvedAt'),
    sector: text('sector'),
    countries: textsOf(facts.countries),
    tags: textsOf(facts.tags),
    techniques: textsOf(facts.techniques),
    externalReferences: objectsOf(facts.externalReferences).map(
      ({ source, id: of, url, description }): RecordReference => ({
        source: textOf(source) ?? '',
        id: textOf(of),
        url: textOf(url),
        description: textOf(description),
      }),
    ),
  };
}
