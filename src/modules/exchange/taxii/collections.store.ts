import { Injectable } from '@nestjs/common';
import { uuidLikeV4 } from '../../../codecs/record/uuid-v5.js';
import type { Actor } from '../../../kernel/actor.js';
import { statement } from '../../../platform/database/statement.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { COMMUNITY, COMMUNITY_RELAY, PARTNERS, PARTNERS_RELAY, PUBLIC } from '../../../policy/principals.js';

/** A collection as its reader has it. */
export interface Collection {
  /** UUID. */
  id: string;
  title: string;
  description: string;
  /** What was sent in is in a table of its own. */
  holds: 'shared' | 'imported';
  canWrite: boolean;
  /** The reader's principals whose objects are in it. */
  principals: number[];
}

const NAMESPACE = '9d3c1f0e-6f9b-4a55-8a53-0c6f3e6e1b7a';
const words: readonly { name: string; description: string; principals: readonly number[] }[] = [
  { name: 'Public', description: 'TLP:CLEAR: what is for everybody.', principals: [PUBLIC] },
  { name: 'Community', description: 'TLP:GREEN: what the members share.', principals: [COMMUNITY, COMMUNITY_RELAY] },
  {
    name: 'Partners',
    description: 'TLP:GREEN: what the members share with dialogue partners.',
    principals: [PARTNERS, PARTNERS_RELAY],
  },
];

const wordId = (name: string): string => uuidLikeV4(NAMESPACE, name);

const held = statement('taxii-held', 'select ronda.reader_principals()::int[] as principals');
const groups = statement(
  'taxii-groups',
  `select g.id, g.name, array_agg(e.principal_key order by e.epoch) as principals
     from ronda.group_epoch e join ronda.sharing_group g on g.key = e.group_key
    where e.principal_key = any ((select ronda.reader_principals())::int[]) group by g.id, g.name order by g.name, g.id`,
);

const exercises = statement(
  'taxii-exercises',
  `select id from ronda.exercise where state <> 'ended' and space = any ((select ronda.reader_exercises())::int[])
    order by created_at, id`,
);

const importedId = ({ organisationId }: Actor): string => uuidLikeV4(organisationId, 'imported');

/** Which collections there are for the caller: one for each principal that it holds and that can be released to. */
@Injectable()
export class Collections {
  constructor(private readonly work: UnitOfWork) {}

  /** Ids of the exercises that go on and that the caller is in. */
  async exercises(): Promise<string[]> {
    return (await this.work.query<{ id: string }>(exercises)).map(({ id }) => id);
  }

  async all(actor: Actor): Promise<Collection[]> {
    const [[mine], groupRows] = await Promise.all([
      this.work.query<{ principals: number[] }>(held),
      this.work.query<{ id: string; name: string; principals: number[] }>(groups),
    ]);
    const principals = new Set(mine?.principals ?? []);
    const { organisationId, organisationKey, organisationName } = actor;
    return [
      ...words.map(({ name, description, principals: of }) => ({
        id: wordId(name),
        title: name,
        description,
        holds: 'shared' as const,
        canWrite: false,
        principals: of.filter((each) => principals.has(each)),
      })),
      ...groupRows.map(({ id, name, principals: of }) => ({
        id,
        title: name,
        description: 'What was released to this sharing group since your organisation joined it.',
        holds: 'shared' as const,
        canWrite: false,
        principals: of,
      })),
      {
        id: organisationId,
        title: organisationName,
        description: 'What was released to your organisation by name.',
        holds: 'shared' as const,
        canWrite: false,
        principals: [organisationKey],
      },
      {
        id: importedId(actor),
        title: `Sent in by ${organisationName}`,
        description: 'Write here. What you send is kept for your organisation alone; its incidents become your drafts.',
        holds: 'imported' as const,
        canWrite: true,
        principals: [organisationKey],
      },
    ].filter((each) => each.principals.length > 0);
  }

  /**
   * What a collection holds that needs nobody's asking to be known, so that its page is asked for together with whether it is
   * the caller's. Of words these are principals that the caller may not hold: the rule shows nothing of them.
   */
  guess(actor: Actor, id: string): Pick<Collection, 'holds' | 'principals'> | undefined {
    const own = [actor.organisationKey];
    if (id === actor.organisationId) return { holds: 'shared', principals: own };
    if (id === importedId(actor)) return { holds: 'imported', principals: own };
    const word = words.find(({ name }) => wordId(name) === id);
    return word && { holds: 'shared', principals: [...word.principals] };
  }

  async byId(actor: Actor, id: string): Promise<Collection | undefined> {
    return (await this.all(actor)).find((each) => each.id === id);
  }
}
