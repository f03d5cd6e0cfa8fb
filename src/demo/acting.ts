import type { Actor, Affiliation, OrganisationKind, Role } from '../kernel/actor.js';
import { LIVE } from '../platform/database/unit-of-work.js';
import type { UnitOfWork } from '../platform/database/unit-of-work.js';
import { permissionsOf } from '../policy/permissions.js';
import type { DemoClock } from './demo-clock.js';

export interface Organisation {
  key: number;
  id: string;
  name: string;
  kind: OrganisationKind;
  affiliation: Affiliation;
  /** ISO 3166-1 alpha-2; null for the secretariat. */
  country: string | null;
  isSecretariat: boolean;
}

export interface Person {
  organisation: Organisation;
  userKey: number;
  userId: string;
  displayName: string;
  roles: readonly Role[];
}

/** Lets people do through the modules' doors what they did, when they did it. */
export class Acting {
  constructor(
    private readonly work: UnitOfWork,
    private readonly clock: DemoClock,
  ) {}

  /** One unit of work, as that person, at that moment. The database decides what it may, as for anybody. */
  as<T>(person: Person, at: Date, act: (actor: Actor) => Promise<T>): Promise<T> {
    return this.asAccount(person.userKey, at, () => act(actorOf(person)));
  }

  /** The same, as an account of which nothing more is known yet. */
  asAccount<T>(userKey: number, at: Date, act: () => Promise<T>): Promise<T> {
    return this.clock.at(at, () => this.work.run({ actingUserKey: userKey }, LIVE, 'write', act));
  }
}

const actorOf = ({ organisation, userKey, userId, displayName, roles }: Person): Actor => ({
  // Nobody signed in: the database is told the account instead.
  tokenHash: '',
  assumed: null,
  credentialKey: 0,
  credentialId: '',
  credentialKind: 'session',
  isLimited: false,
  permissions: permissionsOf(roles, organisation.isSecretariat),
  userKey,
  userId,
  displayName,
  roles,
  organisationKey: organisation.key,
  organisationId: organisation.id,
  organisationName: organisation.name,
  organisationCountry: organisation.country,
  organisationKind: organisation.kind,
  affiliation: organisation.affiliation,
  standing: 'active',
  isSecretariat: organisation.isSecretariat,
});
