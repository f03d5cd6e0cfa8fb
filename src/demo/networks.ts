/**
 * Networks for the constituencies of the demo's members, none of which is anybody's: the documentation ranges of IPv4
 * (RFC 5737) in quarters, of IPv6 (RFC 3849) and of AS numbers (RFC 5398), and a domain below `.example` (RFC 2606).
 * @param place of the member in the region's listing, from 0; there is enough for twelve, the others have only a domain.
 */
export function constituencyOf(code: string, place: number): string[] {
  const ranges = ['192.0.2', '198.51.100', '203.0.113'];
  const range = ranges[Math.floor(place / 4)];
  const domain = `${code.toLowerCase()}.example`;
  if (range === undefined) return [domain];
  const v6 = place === 0 ? '2001:db8::/40' : `2001:db8:${(place * 0x100).toString(16)}::/40`;
  return [domain, `${range}.${(place % 4) * 64}/26`, v6, `AS${64_496 + place}`];
}
