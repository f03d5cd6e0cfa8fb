import { isObject, objectsOf, textOf } from '../record/json.js';
import type { Json } from '../record/json.js';

interface Verdict {
  isValid: boolean;
  errors: { message: string; instancePath: string }[];
}

const ENDS = ['product_reference', 'relates_to_product_reference'] as const;

/**
 * No product is made of itself: from a relationship nobody comes back to it by what it relates. Each relationship that is
 * part of a circle is named once for each of its ends that lead into it.
 * @see CSAF 2.0 §6.1.3
 */
export function circularDefinitions(document: unknown): Verdict {
  const errors: Verdict['errors'] = [];
  const tree = isObject(document) ? document.product_tree : undefined;
  const relationships = isObject(tree) && Array.isArray(tree.relationships) ? (tree.relationships as unknown[]) : [];
  const ends = relationships.map((each): Record<(typeof ENDS)[number], string | null> => ({
    product_reference: isObject(each) ? textOf(each.product_reference) : null,
    relates_to_product_reference: isObject(each) ? textOf(each.relates_to_product_reference) : null,
  }));
  const defining = new Map<string, number>();
  for (const [index, each] of relationships.entries()) {
    const product =
      isObject(each) && isObject(each.full_product_name) ? textOf(each.full_product_name.product_id) : null;
    // Of two of one name the first is meant; that there are two is said by another test.
    if (product !== null && !defining.has(product)) defining.set(product, index);
  }
  const next = (index: number, end: (typeof ENDS)[number]): number | undefined => {
    const product = ends[index]?.[end] ?? null;
    return product === null ? undefined : defining.get(product);
  };
  const circles = circlesOf(relationships.length, (index) => ENDS.flatMap((end) => next(index, end) ?? []));
  for (const index of relationships.keys())
    for (const end of ENDS) {
      const to = next(index, end);
      if (to !== undefined && circles[to] === circles[index])
        errors.push({ instancePath: `/product_tree/relationships/${index}/${end}`, message: 'circular reference' });
    }
  return { isValid: errors.length === 0, errors };
}

/**
 * For each node the number of the circles that it is part of: two nodes have the same where each is reached from the other.
 * Without recursion, because a chain may be as long as a file.
 * @see R. Tarjan, Depth-first search and linear graph algorithms (1972)
 */
function circlesOf(size: number, next: (node: number) => number[]): Int32Array {
  const UNSEEN = -1;
  const circle = new Int32Array(size).fill(UNSEEN);
  const order = new Int32Array(size).fill(UNSEEN);
  const lowest = new Int32Array(size);
  const open: number[] = [];
  let seen = 0;
  let circles = 0;
  const enter = (node: number): { node: number; rest: number[] } => {
    order[node] = seen;
    lowest[node] = seen;
    seen += 1;
    open.push(node);
    return { node, rest: next(node) };
  };
  const reaches = (node: number, place: number): void => {
    lowest[node] = Math.min(lowest[node] ?? place, place);
  };
  for (let from = 0; from < size; from++) {
    if (order[from] !== UNSEEN) continue;
    const path = [enter(from)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { node, rest } = top;
      const to = rest.pop();
      if (to !== undefined) {
        if (order[to] === UNSEEN) path.push(enter(to));
        else if (circle[to] === UNSEEN) reaches(node, order[to] ?? 0);
        continue;
      }
      path.pop();
      const before = path.at(-1);
      if (before) reaches(before.node, lowest[node] ?? 0);
      if (lowest[node] !== order[node]) continue;
      for (let done = open.pop(); done !== undefined; done = done === node ? undefined : open.pop())
        circle[done] = circles;
      circles += 1;
    }
  }
  return circle;
}

const RANGE = /[<>]|(?:^|\s)(?:after|all|before|earlier|later|prior|versions)(?:\s|$)/i;

/** A branch of the category `product_version` names one version and no range. @see CSAF 2.0 §6.1.31 */
export function rangesInVersions(document: unknown): Verdict {
  const errors: Verdict['errors'] = [];
  const visit = (parent: Json, pointer: string): void => {
    for (const [index, branch] of objectsOf(parent.branches).entries()) {
      const place = `${pointer}/branches/${index}`;
      if (branch.category === 'product_version' && RANGE.test(textOf(branch.name) ?? ''))
        errors.push({ instancePath: `${place}/name`, message: 'version range in product version' });
      visit(branch, place);
    }
  };
  if (isObject(document) && isObject(document.product_tree)) visit(document.product_tree, '/product_tree');
  return { isValid: errors.length === 0, errors };
}
