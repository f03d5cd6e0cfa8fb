import {
  ACTIONS,
  ACTORS,
  ASSETS,
  ATTRIBUTES,
  CONFIDENCE,
  CORRECTION_COST,
  DISCOVERY,
  IMPACT,
  SECURITY_INCIDENT,
  TARGETED,
  UNITS,
  VICTIM_SIZES,
} from './enumerations.js';
import { INDUSTRIES } from './industry.js';

/** Rules of the schema that a profile may relax, each with what it lets pass then. */
export const RELAXABLE = {
  'document-header': '`schema_version` and `security_incident` may be left out',
  discovery: '`discovery_method` may be left out',
  asset: '`asset` may be left out',
  'victim-size': '`victim.employee_count` may be left out',
  'industry-by-name': '`victim.industry` may be a list of NAICS sectors by name, such as `["Healthcare"]`',
  'actor-detail': '`motive`, `country` and `variety` of an actor may be left out, and `variety` may be empty',
  'action-detail':
    '`vector` and `target` of an action may be left out, and an `unknown` one may have an empty `variety`',
} as const;
export type RelaxableRule = keyof typeof RELAXABLE;

type Schema = Record<string, unknown>;

const text: Schema = { type: 'string', minLength: 1 };
const amount: Schema = { type: 'number', minimum: 0 };
const one = (values: readonly string[]): Schema => ({ enum: values });
const many = (items: Schema): Schema => ({ type: 'array', minItems: 1, uniqueItems: true, items });
const oneOrMany = (values: readonly string[]): Schema => ({
  if: { type: 'array' },
  then: many(one(values)),
  else: one(values),
});
const object = (required: readonly string[], properties: Record<string, Schema>): Schema => ({
  type: 'object',
  minProperties: 1,
  required,
  properties,
  additionalProperties: false,
});
const countries = many({ type: 'string', pattern: '^([A-Z]{2}|Unknown|Other)$' });
const regions = many({ type: 'string', pattern: '^\\d{6}$' });
const naics: Schema = { type: 'string', pattern: '^(\\d{2,6}|31-33|44-45|48-49)$' };
const currency: Schema = { type: 'string', pattern: '^[A-Z]{3}$' };

/** Documents of a version tell of years until it was replaced: 1.3.4 came in 2019. */
const LAST_YEAR_UNTIL_1_3_3 = 2019;
const year = (maximum: number): Schema => ({
  properties: { timeline: { properties: { incident: { properties: { year: { maximum } } } } } },
});

/** VERIS 1.3.x as JSON Schema (2020-12), but for the rules named. */
export function verisSchema(relaxed: ReadonlySet<RelaxableRule>): Schema {
  const unless = (rule: RelaxableRule, ...names: string[]): string[] => (relaxed.has(rule) ? [] : names);
  return {
    ...object(
      [
        'incident_id',
        'action',
        'actor',
        'timeline',
        ...unless('document-header', 'schema_version', 'security_incident'),
        ...unless('discovery', 'discovery_method'),
        ...unless('asset', 'asset'),
      ],
      {
        incident_id: { type: 'string', minLength: 1, maxLength: 500 },
        source_id: text,
        schema_version: { type: 'string', pattern: '^1\\.3(\\.\\d{1,2})?$' },
        security_incident: one(SECURITY_INCIDENT),
        confidence: one(CONFIDENCE),
        summary: text,
        notes: text,
        reference: text,
        campaign_id: text,
        targeted: one(TARGETED),
        cost_corrective_action: one(CORRECTION_COST),
        corrective_action: text,
        control_failure: text,
        discovery_notes: text,
        discovery_method: discovery(),
        timeline: timeline(),
        victim: victim(relaxed.has('industry-by-name'), unless('victim-size', 'employee_count')),
        actor: actors(unless('actor-detail', 'motive', 'variety', 'country'), relaxed.has('actor-detail')),
        action: actions(unless('action-detail', 'vector', 'target'), relaxed.has('action-detail')),
        asset: assets(),
        attribute: attributes(),
        impact: impact(),
        ioc: many(object(['indicator'], { indicator: text, comment: text })),
        plus: { type: 'object' },
      },
    ),
    if: {
      properties: { schema_version: { type: 'string', pattern: '^1\\.3(\\.[0-3])?$' } },
      required: ['schema_version'],
    },
    then: year(LAST_YEAR_UNTIL_1_3_3),
  };
}

const discovery = (): Schema => ({
  if: { type: 'object' },
  then: {
    ...object([], {
      external: object(['variety'], { variety: many(one(DISCOVERY.external)) }),
      internal: object(['variety'], { variety: many(one(DISCOVERY.internal)) }),
      partner: object(['variety'], { variety: many(one(DISCOVERY.partner)) }),
      other: { const: true },
      unknown: { const: true },
    }),
  },
  else: one([
    ...Object.entries(DISCOVERY).flatMap(([side, values]) =>
      values.map((value) => `${{ external: 'Ext', internal: 'Int', partner: 'Prt' }[side]} - ${asBefore(value)}`),
    ),
    'Other',
    'Unknown',
  ]),
});

/** Behind the side, a value begins small unless it is an abbreviation. */
const asBefore = (value: string): string =>
  /^[A-Z]{2}/.test(value) ? value : value.charAt(0).toLowerCase() + value.slice(1);

function timeline(): Schema {
  const span = object(['unit'], { unit: one(UNITS), value: amount });
  return object(['incident'], {
    incident: object(['year'], {
      year: { type: 'integer', minimum: 1950, maximum: 2100 },
      month: { type: 'integer', minimum: 1, maximum: 12 },
      day: { type: 'integer', minimum: 1, maximum: 31 },
      time: text,
    }),
    compromise: span,
    exfiltration: span,
    discovery: span,
    containment: span,
  });
}

function victim(mayNameIndustries: boolean, required: string[]): Schema {
  const byName = many(one(Object.keys(INDUSTRIES)));
  return object(['country', 'industry', ...required], {
    victim_id: text,
    country: countries,
    region: regions,
    state: text,
    industry: mayNameIndustries ? { if: { type: 'array' }, then: byName, else: naics } : naics,
    employee_count: one(VICTIM_SIZES),
    locations_affected: { type: 'integer', minimum: 0 },
    notes: text,
    revenue: object(['amount'], { amount, iso_currency_code: currency }),
    secondary: object([], { amount, notes: text, victim_id: many(text) }),
  });
}

const unknownSide = (mayBeVague: boolean): Schema => ({
  ...object([], { notes: text, ...(mayBeVague && { variety: { type: 'array', maxItems: 0 } }) }),
  minProperties: 0,
});

function actors(required: string[], mayBeVague: boolean): Schema {
  const side = (
    enumerations: { motive: readonly string[]; variety?: readonly string[] },
    more: Record<string, Schema>,
  ): Schema => {
    const variety = enumerations.variety ? many(one(enumerations.variety)) : many(text);
    const properties: Record<string, Schema> = {
      motive: many(one(ACTORS.external.motive)),
      variety: mayBeVague ? { ...variety, minItems: 0 } : variety,
      notes: text,
      ...more,
    };
    // A partner's variety is in no version's schema, but tabulated facts have one, empty.
    if (!enumerations.variety && !mayBeVague) delete properties.variety;
    return {
      ...object(
        required.filter((name) => name in properties),
        properties,
      ),
      minProperties: mayBeVague ? 0 : 1,
    };
  };
  const elsewhere = { country: countries, region: regions };
  return object([], {
    external: side(ACTORS.external, { ...elsewhere, name: many(text) }),
    internal: side(ACTORS.internal, { job_change: many(one(ACTORS.internal.jobChange)) }),
    partner: side(ACTORS.partner, { ...elsewhere, industry: naics, name: many(text) }),
    unknown: unknownSide(mayBeVague),
  });
}

function actions(required: string[], mayBeVague: boolean): Schema {
  const unknown = unknownSide(mayBeVague);
  const kinds = Object.entries(ACTIONS).map(([kind, { variety, vector, target }]) => {
    const properties: Record<string, Schema> = {
      variety: many(one(variety)),
      ...(vector && { vector: many(one(vector)), result: many(text) }),
      ...(target && { target: many(one(target)) }),
      ...(['hacking', 'malware'].includes(kind) && { cve: text }),
      ...(kind === 'malware' && { name: text }),
      notes: text,
    };
    return [kind, object(['variety', ...required.filter((name) => name in properties)], properties)];
  });
  // Some of its own test documents write it with a capital.
  return object([], { ...(Object.fromEntries(kinds) as Record<string, Schema>), unknown, Unknown: unknown });
}

const assets = (): Schema =>
  object([], {
    assets: { type: 'array', minItems: 1, items: object(['variety'], { variety: one(ASSETS.variety), amount }) },
    accessibility: oneOrMany(ASSETS.accessibility),
    cloud: oneOrMany(ASSETS.cloud),
    country: countries,
    governance: many(one(ASSETS.governance)),
    hosting: oneOrMany(ASSETS.hosting),
    management: oneOrMany(ASSETS.management),
    ownership: oneOrMany(ASSETS.ownership),
    notes: text,
    total_amount: amount,
  });

const attributes = (): Schema =>
  object([], {
    confidentiality: object(['data_disclosure'], {
      data: { type: 'array', minItems: 1, items: object(['variety'], { variety: one(ATTRIBUTES.data), amount }) },
      data_disclosure: one(ATTRIBUTES.disclosure),
      data_total: amount,
      data_victim: many(one(ATTRIBUTES.dataVictim)),
      notes: text,
      state: many(one(ATTRIBUTES.state)),
    }),
    integrity: object(['variety'], { variety: many(one(ATTRIBUTES.integrity)), notes: text }),
    availability: object(['variety'], {
      variety: many(one(ATTRIBUTES.availability)),
      duration: object(['unit'], { unit: one(UNITS), value: amount }),
      notes: text,
    }),
  });

const impact = (): Schema =>
  object(['overall_rating'], {
    iso_currency_code: currency,
    overall_rating: one(IMPACT.overall),
    overall_amount: amount,
    overall_min_amount: amount,
    overall_max_amount: amount,
    loss: {
      type: 'array',
      items: object(['variety'], {
        variety: one(IMPACT.loss),
        rating: one(IMPACT.rating),
        amount,
        min_amount: amount,
        max_amount: amount,
      }),
    },
    notes: text,
  });
