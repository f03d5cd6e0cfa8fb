/** A value of a document, with the names that lead to it. Of a list of plain values each has the list's own path. */
export interface Leaf {
  path: string[];
  text: string;
  /** There is nothing below: `{}`, `[]` or null. That it is named at all says something. */
  isEmpty: boolean;
}

const MOST_TAGS = 200;
const PREDICATE = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
const VALUE = /^[^"\p{Cc}]{1,255}$/u;

/**
 * Everything that has no place elsewhere, as machine tags; and what no tag can hold (long texts, quotation marks, more
 * than two hundred of them) as lines of Markdown.
 */
export function loseNothing(
  document: unknown,
  isPlaced: (leaf: Leaf) => boolean,
): { tags: string[]; sentences: string[] } {
  const tags = new Set<string>();
  const sentences: string[] = [];
  for (const leaf of leavesOf(document, [])) {
    if (isPlaced(leaf)) continue;
    const path = leaf.path.join('.');
    const isTag = PREDICATE.test(path) && (leaf.isEmpty || VALUE.test(leaf.text));
    const tag = leaf.isEmpty ? `veris:${path}` : `veris:${path}="${leaf.text}"`;
    if (tags.has(tag)) continue;
    if (isTag && tags.size < MOST_TAGS) tags.add(tag);
    else sentences.push(leaf.isEmpty ? `**${path}**` : `**${path}**: ${leaf.text.trim()}`);
  }
  return { tags: [...tags], sentences };
}

function* leavesOf(value: unknown, path: string[]): Generator<Leaf> {
  if (typeof value !== 'object' || value === null) {
    const text = typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value);
    if (path.length > 0) yield { path, text, isEmpty: text === '' };
    return;
  }
  const members = Object.entries(value);
  if (members.length === 0) {
    if (path.length > 0) yield { path, text: '', isEmpty: true };
    return;
  }
  for (const [name, member] of members) {
    // Things that belong together stay so by their number; plain values of a list need none.
    const isPlain = Array.isArray(value) && (typeof member !== 'object' || member === null);
    yield* leavesOf(member, isPlain ? path : [...path, name]);
  }
}
