import { constituencyOf } from './networks.js';

it('gives twelve members networks of their own, all of them for documentation', () => {
  const all = Array.from({ length: 12 }, (_, place) => constituencyOf('XY', place).slice(1));
  expect(new Set(all.flat()).size).toBe(36);
  for (const [v4, v6, asn] of all) {
    expect(v4).toMatch(/^(192\.0\.2|198\.51\.100|203\.0\.113)\.(0|64|128|192)\/26$/);
    expect(v6).toMatch(/^2001:db8:([1-9a-b]00)?:(:)?\/40$/);
    expect(Number(asn?.slice(2))).toBeGreaterThanOrEqual(64_496);
    expect(Number(asn?.slice(2))).toBeLessThanOrEqual(64_511);
  }
  expect(constituencyOf('XY', 12)).toEqual(['xy.example']);
});
