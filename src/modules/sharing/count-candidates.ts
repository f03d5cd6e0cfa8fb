import { Inject, Injectable } from '@nestjs/common';
import type { Region } from '../../kernel/region.js';
import { FEWEST_CANDIDATES, TELLING, couldHaveWritten, fewestCandidates } from '../../policy/anonymity.js';
import type { Candidate, Recipient, TellingFacts, TellingPointer } from '../../policy/anonymity.js';
import { organisationsHolding } from '../../policy/readers.js';
import { REGION } from '../../platform/config/region.token.js';
import { DirectoryReader } from '../identity/index.js';
import type { OrganisationInPolicy } from '../identity/index.js';
import { FindReaders } from './find-readers.js';
import { GroupReader } from './group.reader.js';

/** Of how many a reader has to think who asks itself whose an anonymous record is. */
export interface Candidates {
  /** In the eyes of the recipient that can rule out the most. */
  fewest: number;
  /** How many organisations each fact leaves by itself, of those that it does not leave whole. */
  ruledOutBy: { pointer: TellingPointer; left: number }[];
}

const FILING = ['analyst', 'coordinator'] as const;

/** Counts who could be the author of an anonymous record in the eyes of those who would read it. */
@Injectable()
export class CountCandidates {
  constructor(
    private readonly directory: DirectoryReader,
    private readonly groups: GroupReader,
    private readonly readers: FindReaders,
    @Inject(REGION) private readonly region: Region,
  ) {}

  /** @param owner who asks; it counts like everybody else. @param principals to whom the release goes. */
  async run(
    owner: { organisationKey: number },
    facts: TellingFacts,
    principals: readonly number[],
  ): Promise<Candidates> {
    const [all, [readers], groups] = await Promise.all([
      this.directory.organisationsInPolicy(),
      this.readers.run(owner, principals),
      this.groups.inPolicy(principals),
    ]);
    const able = all.filter(({ kind, standing }) => isFiler(kind) && standing === 'active');
    const people = await this.directory.usersWithRoles(
      able.map(({ key }) => key),
      FILING,
    );
    const staffed = new Set(people.map(({ organisationKey }) => organisationKey));
    const candidates: Candidate[] = able.filter(({ key }) => staffed.has(key));
    // Only its members release to a group, and only its CERT sees a constituent: whoever is let in so knows that.
    const circles = groups.map((group) => ({
      readers: organisationsHolding(
        group.epochPrincipals.filter((each) => principals.includes(each)),
        {
          organisations: all,
          groups: [group],
        },
      ),
      members: new Set(group.members.keys()),
    }));
    const named = new Set(principals);
    const recipients = (readers?.organisations ?? []).map(({ organisation, people: persons }): Recipient => {
      const isNamed = named.has(organisation.key) || persons.some(({ key }) => named.has(key));
      const within = [
        ...circles.filter((circle) => circle.readers.has(organisation.key)).map(({ members }) => members),
        ...(isNamed && !isFiler(organisation.kind) ? [new Set([organisation.parentKey ?? NOBODY])] : []),
      ];
      const [first, ...others] = within;
      const among = first ? new Set([...first].filter((key) => others.every((each) => each.has(key)))) : null;
      return { key: organisation.key, among };
    });
    return {
      fewest: fewestCandidates(couldHaveWritten(facts, candidates, this.region), recipients),
      ruledOutBy: TELLING.map((pointer) => ({
        pointer,
        left: couldHaveWritten(facts, candidates, this.region, [pointer]).length,
      })).filter(({ left }) => left < candidates.length),
    };
  }
}

export const areTooFew = ({ fewest }: Pick<Candidates, 'fewest'>): boolean => fewest < FEWEST_CANDIDATES;

const NOBODY = -1;

/** What others file goes into their CERT's queue, in their own name. */
const isFiler = (kind: OrganisationInPolicy['kind']): boolean => kind === 'national-cert' || kind === 'regional-body';
