import { exampleOf, wantingExamples } from './openapi.examples.js';
import { isVague, toOpenApi31 } from './openapi.schema.js';
import type { Schema, Schemas } from './openapi.schema.js';

const schemas: Schemas = {
  Loss: {
    type: 'object',
    required: ['amount', 'currency'],
    properties: {
      amount: { type: 'string', examples: ['12500.00'] },
      currency: { type: 'string', examples: ['VND'] },
    },
  },
  Node: {
    type: 'object',
    required: ['name', 'children'],
    properties: {
      name: { type: 'string', examples: ['root'] },
      children: { type: 'array', items: { $ref: '#/components/schemas/Node' } },
    },
  },
};

describe('an example of a whole value', () => {
  it.each<[string, Schema, unknown]>([
    ['its own', { type: 'string', examples: ['a b', 'c'] }, 'a b'],
    ['its constant', { const: 7 }, 7],
    ['its first choice', { type: 'string', enum: ['a', 'b'] }, 'a'],
    ['its preset', { type: 'integer', default: 50 }, 50],
    ['what its format always looks like', { type: 'string', format: 'date' }, '2026-11-20'],
    ['another schema’s', { $ref: '#/components/schemas/Loss' }, { amount: '12500.00', currency: 'VND' }],
    [
      'a list of one',
      { type: 'array', items: { $ref: '#/components/schemas/Loss' } },
      [{ amount: '12500.00', currency: 'VND' }],
    ],
    ['its own list', { type: 'array', items: { type: 'string' }, examples: [['VN', 'TH']] }, ['VN', 'TH']],
    [
      'all its parts together',
      { allOf: [{ $ref: '#/components/schemas/Loss' }, { type: 'object', properties: { note: { examples: ['x'] } } }] },
      { amount: '12500.00', currency: 'VND', note: 'x' },
    ],
    [
      'the variant that is something',
      { anyOf: [{ type: 'null' }, { $ref: '#/components/schemas/Loss' }] },
      { amount: '12500.00', currency: 'VND' },
    ],
    ['one level of what holds its own kind', { $ref: '#/components/schemas/Node' }, { name: 'root', children: [] }],
    ['a shown null', { type: ['string', 'null'], examples: [null] }, null],
  ])('is %s', (_, schema, expected) => {
    expect(exampleOf(schema, schemas)).toEqual(expected);
  });

  it('leaves out what may be left out and shows nothing, and says null where that may be', () => {
    const schema: Schema = {
      type: 'object',
      required: ['title', 'closedAt'],
      properties: {
        title: { type: 'string', examples: ['T'] },
        closedAt: { type: ['string', 'null'] },
        note: { type: 'string' },
      },
    };
    expect(exampleOf(schema, schemas)).toEqual({ title: 'T', closedAt: null });
  });

  it('is none where a property that has to be there shows none, and that property is named', () => {
    const schema: Schema = {
      type: 'object',
      required: ['id', 'losses'],
      properties: {
        id: { type: 'string', format: 'uuid' },
        losses: {
          type: 'array',
          items: { type: 'object', required: ['amount'], properties: { amount: { type: 'string' } } },
        },
      },
    };
    expect(exampleOf(schema, schemas)).toBeUndefined();
    expect(wantingExamples(schema, schemas)).toEqual(['/losses/0/amount']);
  });
});

describe('what was OpenAPI 3.0', () => {
  it('becomes 3.1, however deep', () => {
    const schema: Schema = {
      type: 'object',
      required: ['limit', 'kind'],
      properties: {
        limit: { type: 'number', minimum: 0, exclusiveMinimum: true, default: 50, example: 50 },
        kind: { type: 'array', items: { type: 'string', example: 'a', exclusiveMaximum: false } },
      },
    };
    toOpenApi31(schema);
    expect(schema).toEqual({
      type: 'object',
      required: ['kind'],
      properties: {
        limit: { type: 'number', exclusiveMinimum: 0, default: 50, examples: [50] },
        kind: { type: 'array', items: { type: 'string', examples: ['a'] } },
      },
    });
  });

  it('is told from what says nothing', () => {
    expect(isVague({ type: 'object' }, schemas)).toBe(true);
    expect(isVague({ type: 'array', items: {} }, schemas)).toBe(true);
    expect(isVague({ $ref: '#/components/schemas/Loss' }, schemas)).toBe(false);
    expect(isVague({ type: 'object', additionalProperties: { type: 'string' } }, schemas)).toBe(false);
  });
});
