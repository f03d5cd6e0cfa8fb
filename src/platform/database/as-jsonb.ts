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
    .map(([name, member]) => [Buffer.from(name), name, asJsonb(member as unknown)] as const)
    .sort(([a], [b]) => a.length - b.length || a.compare(b));
  return Object.fromEntries(members.map(([, name, member]) => [name, member])) as T;
}
