import fc from 'fast-check';
import { ROLES } from '../kernel/actor.js';
import type { Role } from '../kernel/actor.js';
import { PERMISSIONS, permissionsOf } from './permissions.js';

const roles = fc.subarray<Role>([...ROLES]);
const isSubset = (a: Set<string>, b: Set<string>): boolean => [...a].every((each) => b.has(each));

describe('permissions', () => {
  it('a coordinator may do all that an analyst may', () => {
    expect(isSubset(permissionsOf(['analyst'], false), permissionsOf(['coordinator'], false))).toBe(true);
  });

  it('no role, or one that is none, gives nothing', () => {
    expect(permissionsOf([], false)).toEqual(new Set());
    expect(permissionsOf([], true)).toEqual(new Set());
    expect(permissionsOf(['superuser' as Role], true)).toEqual(new Set());
  });

  it('an administrator administers, and reads no incident by that', () => {
    for (const isSecretariat of [false, true])
      expect([...permissionsOf(['admin'], isSecretariat)].filter((each) => each.startsWith('incidents:'))).toEqual([]);
  });

  it('the region is run by an administrator of the secretariat and nobody else', () => {
    fc.assert(
      fc.property(roles, fc.boolean(), (held, isSecretariat) => {
        expect(permissionsOf(held, isSecretariat).has('region:admin')).toBe(isSecretariat && held.includes('admin'));
      }),
    );
  });

  it('only an analyst or a coordinator writes, triages or releases', () => {
    fc.assert(
      fc.property(roles, fc.boolean(), (held, isSecretariat) => {
        const speaks = held.includes('analyst') || held.includes('coordinator');
        for (const each of ['incidents:write', 'incidents:triage', 'incidents:release'] as const)
          expect(permissionsOf(held, isSecretariat).has(each)).toBe(speaks);
      }),
    );
  });

  it('more roles never take a permission away, and none is given that is not declared', () => {
    fc.assert(
      fc.property(roles, roles, fc.boolean(), (held, more, isSecretariat) => {
        const all = permissionsOf([...held, ...more], isSecretariat);
        expect(isSubset(permissionsOf(held, isSecretariat), all)).toBe(true);
        expect(isSubset(all, new Set(PERMISSIONS))).toBe(true);
      }),
    );
  });
});
