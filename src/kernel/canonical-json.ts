/**
 * Canonical JSON: the same bytes for the same value, whatever the order its members were written in.
 * Members whose value is `undefined` are left out.
 * @throws TypeError for whatever JSON cannot hold: NaN and infinities, and objects that are more than their members. A
 * `Date` or a `Map` has no members, and all of them would have had the same bytes.
 * @see RFC 8785
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object') {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) throw new TypeError(`${nameOf(value)} has no JSON form`);
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      // RFC 8785 §3.2.3 sorts by UTF-16 code units, which is what < does.
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  throw new TypeError(`${typeof value} has no JSON form`);
}

const nameOf = (value: object): string => {
  const { name } = value.constructor;
  return name === '' ? 'an object of no named class' : `a ${name}`;
};
