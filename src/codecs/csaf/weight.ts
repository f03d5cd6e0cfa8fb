import { isObject, textsOf } from '../record/json.js';
import type { Json } from '../record/json.js';

/**
 * What of a document the validator holds against each other, in comparisons: it looks products up in lists, and its schema
 * compares each item of a list with all before it. 615 kB with 10,000 products in four lists took seven seconds, 60 kB with
 * 5,000 products and groups a minute, and for as long nobody else is served. This many are some two seconds.
 */
export const MOST_COMPARISONS = 200_000_000;

const STATUSES = [
  'first_affected',
  'first_fixed',
  'fixed',
  'known_affected',
  'known_not_affected',
  'last_affected',
  'recommended',
  'under_investigation',
];
/** Lists of ids of products. */
const NAMING = new Set([...STATUSES, 'product_ids', 'products']);
const REFERENCES = new Set(['product_reference', 'relates_to_product_reference']);
/** Lists whose items the schema compares with each other (`uniqueItems`); revisions are sorted by dates, which is as dear. */
const COMPARED = new Set([
  ...NAMING,
  ...['group_ids', 'model_numbers', 'serial_numbers', 'skus', 'aliases', 'revision_history'],
  ...['flags', 'ids', 'involvements', 'remediations', 'scores', 'threats', 'x_generic_uris', 'hashes', 'file_hashes'],
]);
/** What is for people to read is looked into by nobody. */
const FOR_PEOPLE = new Set(['text', 'details', 'summary']);

interface Weighed {
  comparisons: number;
  defined: number;
  named: number;
  groups: number;
  groupsNamed: number;
}

/** How many comparisons it takes to judge a document, roughly and never much less than it does. Linear in its size. */
export function comparisonsOf(document: unknown): number {
  if (!isObject(document)) return 0;
  const all: Weighed = { comparisons: 0, defined: 0, named: 0, groups: 0, groupsNamed: 0 };
  const { vulnerabilities, ...rest } = document;
  weigh(rest, '', all);
  const { defined, groups } = all;
  let { comparisons, named, groupsNamed } = all;
  for (const each of Array.isArray(vulnerabilities) ? (vulnerabilities as unknown[]) : []) {
    const one: Weighed = { comparisons: 0, defined: 0, named: 0, groups: 0, groupsNamed: 0 };
    weigh(each, '', one);
    const told = isObject(each) && isObject(each.product_status) ? statusesOf(each.product_status) : 0;
    comparisons += one.comparisons + (told * (one.named - told)) / 2 + (told * one.groupsNamed * groups) / 2;
    named += one.named;
    groupsNamed += one.groupsNamed;
  }
  return comparisons + (defined * named) / 2 + (groups * groupsNamed) / 2;
}

const statusesOf = (status: Json): number => STATUSES.reduce((sum, name) => sum + textsOf(status[name]).length, 0);

/** @returns what of it is compared where it is an item: its members, and the members of these. */
function weigh(value: unknown, name: string, into: Weighed): number {
  if (typeof value === 'string') {
    if (FOR_PEOPLE.has(name)) return 1;
    if (name === 'product_id') into.defined += 1;
    else if (name === 'group_id') into.groups += 1;
    else if (REFERENCES.has(name)) into.named += 1;
    // Vectors, dates, versions and categories are taken apart.
    into.comparisons += value.length * 10;
    return 1 + value.length / 64;
  }
  if (Array.isArray(value)) {
    if (NAMING.has(name)) into.named += value.length;
    else if (name === 'group_ids') into.groupsNamed += value.length;
    let inside = 0;
    for (const each of value as unknown[]) inside += weigh(each, '', into);
    if (COMPARED.has(name)) into.comparisons += (value.length * inside) / 2;
    return inside + 1;
  }
  if (!isObject(value)) return 1;
  // Objects are compared name by name, which costs some ten times what a text does.
  let inside = 8;
  for (const member of Object.keys(value)) inside += weigh(value[member], member, into);
  return inside;
}
