/**
 * A JSON value as PostgreSQL's jsonb gives it back: members that are undefined left out, the others ordered by the length
 * of their names in bytes, then by their bytes. So what was just written is shown as every later reader will be shown it.
 * @see PostgreSQL, 8.14 JSON Types: jsonb "does not preserve the order of object keys"
 */
export function asJsonb<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => asJsonb(item ?? null)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => Buffer.byteLength(a) - Buffer.byteLength(b) || Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return Object.fromEntries(members.map(([name, member]) => [name, asJsonb(member as unknown)])) as T;
}
