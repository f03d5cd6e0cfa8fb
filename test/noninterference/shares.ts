import type { Ask } from './script.js';

/**
 * A share of what a reader asks: the first pattern of every route, and one of so many of the others. All of a pattern, or
 * nothing: what was asked with a hidden id is asked with an absent one.
 * @param of into how many shares the patterns are dealt.
 * @param isTaken which of those shares, counted from 0, are asked.
 */
export function shareOf(asks: readonly Ask[], of: number, isTaken: (share: number) => boolean): Ask[] {
  const places = new Map<string, { place: number; isFirst: boolean }>();
  const routes = new Set<string>();
  return asks.filter(({ pattern, route: { method, url } }) => {
    const route = `${method} ${url}`;
    const found = places.get(pattern) ?? { place: places.size, isFirst: !routes.has(route) };
    places.set(pattern, found);
    routes.add(route);
    return found.isFirst || isTaken(found.place % of);
  });
}
