/** Seeded, so that two runs seed the same records. @see https://github.com/bryc/code/blob/master/jshash/PRNGs.md mulberry32 */
export function dice(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (count) => Math.floor(next() * count);
  const hex = (digits) => {
    let text = '';
    while (text.length < digits) text += below(0x10000).toString(16).padStart(4, '0');
    return text.slice(0, digits);
  };
  return {
    next,
    below,
    between: (from, to) => from + next() * (to - from),
    one: (list) => list[below(list.length)],
    some: (list, count) => {
      const left = [...list];
      return Array.from({ length: Math.min(count, left.length) }, () => left.splice(below(left.length), 1)[0]);
    },
    chance: (probability) => next() < probability,
    /** @param {[unknown, number][]} shares values and their weights */
    weighted: (shares) => {
      let at = next() * shares.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [value, weight] of shares) if ((at -= weight) < 0) return value;
      return shares.at(-1)[0];
    },
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[below(4)]}${hex(3)}-${hex(12)}`,
    hex,
  };
}
