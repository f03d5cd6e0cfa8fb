import type { Role } from '../kernel/actor.js';

/** What a credential may be used for. A route names one; a role gives some; an API key narrows them. */
export const PERMISSIONS = [
  'self',
  'directory:read',
  'advisories:read',
  'advisories:write',
  'advisories:publish',
  'incidents:read',
  'incidents:write',
  'incidents:triage',
  'incidents:release',
  'incidents:erase',
  'incidents:anonymity',
  'groups:read',
  'groups:write',
  'ledger:read',
  'requests:read',
  'requests:write',
  'webhooks:write',
  'exercises:read',
  'exercises:write',
  'exercises:organise',
  'organisation:admin',
  'region:admin',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

const everyone: readonly Permission[] = ['self', 'directory:read', 'groups:read', 'ledger:read', 'exercises:read'];
const analyst: readonly Permission[] = [
  ...everyone,
  'advisories:read',
  'advisories:write',
  'advisories:publish',
  'incidents:read',
  'incidents:write',
  'incidents:triage',
  'incidents:release',
  'requests:read',
  'requests:write',
  'exercises:write',
];

/** A coordinator may do all that an analyst may. An administrator administers, and reads no incident by that. */
const byRole: Record<Role, readonly Permission[]> = {
  analyst,
  coordinator: [...analyst, 'groups:write', 'incidents:erase', 'incidents:anonymity', 'webhooks:write'],
  organiser: [...everyone, 'advisories:read', 'incidents:read', 'exercises:write', 'exercises:organise'],
  admin: [...everyone, 'webhooks:write', 'organisation:admin'],
};

/** The permissions of an account: the union of its roles', and the region's for an administrator of the secretariat. */
export function permissionsOf(roles: readonly Role[], isSecretariat: boolean): Set<Permission> {
  const held = new Set<Permission>(roles.flatMap((role) => byRole[role] ?? []));
  if (isSecretariat && roles.includes('admin')) held.add('region:admin');
  return held;
}
