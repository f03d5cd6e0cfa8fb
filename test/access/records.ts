import { inParallel } from './client.js';
import type { Answer, Client } from './client.js';
import { DUTY, ON_DUTY } from './region.js';
import type { MatrixRegion, Organisation, Person } from './region.js';
import { mayName } from './rules.js';
import type { AudienceKind, Value } from './rules.js';

/** What every record says. */
export const OBSERVABLE = { type: 'domain', value: 'login-bank.example' } as const;

/** The groups, by what becomes of everybody's membership in them after the records were released. */
export const GROUPS = ['members', 'newcomers', 'leavers', 'proposed', 'dissolved'] as const;
export type GroupName = (typeof GROUPS)[number];

export type Named =
  | { is: 'public' | 'community' | 'partners' }
  | { is: 'organisation'; organisation: Organisation }
  | { is: 'user'; person: Person }
  | { is: 'duty role'; organisation: Organisation }
  /** Released to the group before or after the newcomers came. */
  | { is: 'group'; group: GroupName; released: 'before' | 'after' };

/** A record as it shall be built. */
export interface Plan {
  owner: Organisation;
  author: Person;
  /** Whom it was submitted by, where that is a body of the owner. */
  filer: Organisation | null;
  marking: Value<'marking'>;
  state: Value<'state'>;
  audience: readonly Named[];
  /** The status to which its owner brings it once it is submitted. */
  status: 'submitted' | 'triaged' | 'investigating' | 'closed';
  hasChildren: boolean;
}

export interface BuiltRecord extends Plan {
  id: string;
  title: string;
  comment: string;
  link: string;
}

/** Everything that is asked about, made through the API as people would make it. */
export class Records {
  readonly built: BuiltRecord[] = [];
  readonly groups: Record<GroupName, string> = { members: '', newcomers: '', leavers: '', proposed: '', dissolved: '' };
  /** CLEAR, and released to the public: what links lead to, and what can be linked to. */
  lighthouses: BuiltRecord[] = [];

  constructor(
    private readonly region: MatrixRegion,
    private readonly client: Client,
  ) {}

  async open(): Promise<void> {
    const everybody = this.everybodyElse().map(({ id }) => id);
    const { home } = this.region;
    for (const name of GROUPS) {
      const members = name === 'newcomers' || name === 'proposed' ? [] : everybody;
      const group = await this.must(home.people.coordinator, 201, 'POST', 'sharing-groups', {
        name: `The ${name}`,
        purpose: 'To be asked about.',
        members,
      });
      this.groups[name] = group.body.id as string;
    }
    const lighthouse: Plan = {
      owner: home,
      author: home.people.analyst,
      filer: null,
      marking: 'CLEAR',
      state: 'released',
      audience: [{ is: 'public' }],
      status: 'submitted',
      hasChildren: false,
    };
    this.lighthouses = await this.build([lighthouse, lighthouse]);
  }

  async build(plans: readonly Plan[]): Promise<BuiltRecord[]> {
    const made = await inParallel(plans, (plan) => this.make(plan));
    this.built.push(...made);
    return made;
  }

  /** Everybody comes to the newcomers, is proposed for the proposed, leaves the leavers; and the dissolved are dissolved. */
  async regroup(clock: { advance(ms: number): void }): Promise<void> {
    const chair = this.region.home.people.coordinator;
    const at = (group: GroupName, rest = ''): string => `sharing-groups/${this.groups[group]}${rest}`;
    const everybody = this.everybodyElse();
    await inParallel(everybody, async ({ id, people: { coordinator } }) => {
      for (const group of ['newcomers', 'proposed'] as const)
        await this.must(chair, 201, 'POST', at(group, '/members'), { organisation: id });
      await this.must(coordinator, 200, 'POST', at('newcomers', `/members/${id}/accept`));
      await this.must(coordinator, 204, 'DELETE', at('leavers', `/members/${id}`));
    });
    clock.advance(100 * 3_600_000);
    await inParallel(everybody, ({ id }) => this.must(chair, 200, 'POST', at('newcomers', `/members/${id}/admit`)));
    await this.must(chair, 200, 'POST', at('dissolved', '/dissolution'));
  }

  private everybodyElse(): Organisation[] {
    return this.region.organisations.filter((each) => each !== this.region.home);
  }

  private async make(plan: Plan): Promise<BuiltRecord> {
    const { author, owner, marking, state, status, hasChildren } = plan;
    const title = inWords(plan);
    const filed = await this.must(author, 201, 'POST', 'incidents', {
      title,
      rsit: { class: 'fraud', type: 'phishing' },
      observables: [OBSERVABLE],
      ...(marking !== 'unmarked' && { marking: { tlp: `TLP:${marking}` } }),
    });
    const id = filed.body.id as string;
    const path = `incidents/${id}`;
    const record = { ...plan, id, title, comment: '', link: '' };
    if (hasChildren) {
      const comment = await this.must(author, 201, 'POST', `${path}/comments`, { body: 'Said at filing.' });
      const [lighthouse] = this.lighthouses;
      const link = await this.must(author, 201, 'POST', `${path}/related`, {
        incident: lighthouse?.id,
        kind: 'related',
      });
      Object.assign(record, { comment: comment.body.id as string, link: link.body.id as string });
    }
    if (state === 'draft') return record;
    await this.must(author, 200, 'POST', `${path}/submit`);
    const isRed = marking === 'RED';
    const handler = isRed ? author : owner.people.analyst;
    for (const step of stepsTo[status]) await this.must(handler, 200, 'POST', `${path}/${step}`);
    if (state === 'submitted') return record;
    const isOpen = marking === 'CLEAR' || marking === 'GREEN';
    const releaser = isRed ? author : owner.people.coordinator;
    const release = (audience: unknown[], expected: number): Promise<Answer> =>
      this.must(releaser, expected, 'POST', `${path}/release`, { marking: { tlp: `TLP:${marking}` }, audience });
    await release(
      plan.audience.map((each) => this.item(each)),
      isOpen ? 202 : 200,
    );
    if (state === 'pending confirmation') return record;
    if (isOpen) await this.must(owner.people['second coordinator'], 200, 'POST', `${path}/release/confirm`);
    if (state === 'narrowed away') await release([], 200);
    return record;
  }

  private item(named: Named): unknown {
    switch (named.is) {
      case 'organisation':
        return { organisation: named.organisation.id };
      case 'user':
        return { user: named.person.id };
      case 'duty role':
        return { dutyRole: { organisation: named.organisation.id, role: DUTY } };
      case 'group':
        return { group: this.groups[named.group] };
      default:
        return named.is;
    }
  }

  /** What the matrix stands on has to work, or nothing that it says means anything. */
  private async must(person: Person, expected: number, method: string, path: string, body?: object): Promise<Answer> {
    const answer = await this.client.ask({
      method,
      path,
      body,
      authorization: `Bearer ${person.apiKey}`,
      ...(method === 'DELETE' && { headers: { 'if-match': '*' } }),
    });
    if (answer.status !== expected)
      throw new Error(
        `${method} ${path} by the ${person.role} of ${person.organisation.name}: ${expected} was needed, got ${answer.status} ${JSON.stringify(answer.body)}`,
      );
    return answer;
  }
}

const stepsTo: Record<Plan['status'], readonly string[]> = {
  submitted: [],
  triaged: ['triage'],
  investigating: ['triage', 'investigate'],
  closed: ['triage', 'close'],
};

/** Whether such an audience may be released at that marking at all. */
export const admitsAudience = (marking: Value<'marking'>, kind: AudienceKind): boolean =>
  marking !== 'unmarked' && mayName[marking].includes(kind);

const groupRelation: Record<GroupName, Value<'relation'>> = {
  members: 'member of the named group',
  newcomers: 'newcomer to the named group',
  leavers: 'has left the named group',
  proposed: 'proposed for the named group',
  dissolved: 'member of a named group, dissolved since',
};

/** All that somebody has to do with a record, the owner's side first. */
export function relationsOf(person: Person, record: Plan): Value<'relation'>[] {
  const { organisation } = person;
  if (record.owner === organisation) {
    if (record.filer !== null) return ['the CERT it was submitted to'];
    return [record.author === person ? 'author' : 'its organisation'];
  }
  if (record.filer === organisation) return ['who submitted it to its CERT'];
  const named = record.audience.flatMap((item): Value<'relation'>[] => {
    switch (item.is) {
      case 'organisation':
        return item.organisation === organisation ? ['named organisation'] : [];
      case 'user':
        if (item.person === person) return ['named user'];
        return item.person.organisation === organisation ? ['colleague of a named user'] : [];
      case 'duty role':
        if (item.organisation !== organisation) return [];
        return [ON_DUTY.includes(person.role) ? 'on the named duty' : 'colleague of a named user'];
      case 'group':
        return [item.released === 'after' ? 'member of the named group' : groupRelation[item.group]];
      case 'community':
        return ['the community is named'];
      case 'partners':
        return ['partners are named'];
      case 'public':
        return ['the public is named'];
    }
  });
  return named.length === 0 ? ['not named'] : [...new Set(named)];
}

/** Also its title, by which a person finds it. */
const inWords = ({ owner, filer, author, marking, state, audience }: Plan): string => {
  const names = new Set(
    audience.map((item) => (item.is === 'group' ? `the ${item.group} (released ${item.released})` : item.is)),
  );
  return `${marking}, ${state}, of ${owner.name}, filed by the ${author.role}${filer ? ` of ${filer.name}` : ''}, naming ${
    names.size === 0 ? 'nobody' : [...names].join(', ')
  }`;
};
