import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { isWiderThan } from '../../kernel/markings.js';
import type { Pap, Tlp } from '../../kernel/markings.js';
import type { Fault } from '../../kernel/problem.js';
import type { Region } from '../../kernel/region.js';
import { REGION } from '../../platform/config/region.token.js';
import type { AudienceItem } from '../../policy/audience.js';
import { findBetrayals } from '../betrayals/index.js';
import type { Betrayal, Text } from '../betrayals/index.js';
import { DirectoryReader } from '../identity/index.js';
import { Appearances, isSaidBy, toSaidObservable } from '../observables/index.js';
import type { PastAppearanceRow } from '../observables/index.js';
import type { ContradictionView, SaidOfRecord } from '../sharing/index.js';
import { CommentsStore } from './comments.store.js';
import { DerivedFrom } from './derived-from.js';
import { IncidentListeners } from './incident-listeners.js';
import type { AttachedFile } from './incident-listeners.js';
import { diff } from './incident.rules.js';
import { IncidentsStore } from './incidents.store.js';
import type { IncidentRow, RevisionRow } from './incident.rows.js';
import { LinkIncidents } from './link-incidents.js';

/** Comments that would be read with the record. */
const MOST_COMMENTS = 1_000;

/** What releasing an incident has to know of what it says: what is new, what it betrays, what it contradicts. */
@Injectable()
export class SaidOfIncident {
  constructor(
    private readonly incidents: IncidentsStore,
    private readonly comments: CommentsStore,
    private readonly links: LinkIncidents,
    private readonly derived: DerivedFrom,
    private readonly appearances: Appearances,
    private readonly listeners: IncidentListeners,
    private readonly directory: DirectoryReader,
    @Inject(REGION) private readonly region: Region,
  ) {}

  async run(
    actor: Actor,
    row: IncidentRow,
    order: { tlp: Tlp; pap: Pap; audience: readonly AudienceItem[] },
  ): Promise<SaidOfRecord> {
    const [said, files] = [await this.appearances.history(row.key), await this.listeners.attached(row.key)];
    return {
      content: contentOf(row, said, files),
      findings: await this.findings(actor, row, order, files),
      contradictions: await this.contradictions(row, order),
      hasNewContent: await this.newContent(row),
    };
  }

  /** Where a release would go further than what the record was written from: refused, and never trimmed. */
  beyondSources(row: IncidentRow, order: { tlp: Tlp; audience: readonly AudienceItem[] }): Promise<Fault[]> {
    return this.derived.faults(row, order);
  }

  /** @returns whether the newest revision says something that the one of that number did not. */
  async newContent(row: IncidentRow): Promise<(since: number) => boolean> {
    const [revisions, observables, files] = await Promise.all([
      this.incidents.revisions(row.key),
      this.appearances.history(row.key),
      this.listeners.attached(row.key),
    ]);
    const said = revisions.at(-1);
    return (since) => {
      const released = revisions.find(({ number }) => number === since);
      const [before, after] = [released, said].map((each) => each && readContentOf(each, observables, files));
      return diff(before, after).length > 0;
    };
  }

  private async findings(
    actor: Actor,
    row: IncidentRow,
    marking: { tlp: Tlp; pap: Pap },
    files: readonly AttachedFile[],
  ): Promise<Betrayal[]> {
    const isHidden = row.authorship === 'anonymous';
    const [networks, colleagues, comments] = await Promise.all([
      this.directory.networksOf(actor.organisationKey),
      isHidden ? this.directory.usersOf(actor.organisationKey) : [],
      this.comments.forReaders(row.key, MOST_COMMENTS),
    ]);
    return findBetrayals([...textsOf(row), ...comments.map(textOfComment), ...filesOf(row, files).map(textOfFile)], {
      region: this.region,
      country: actor.organisationCountry,
      networks,
      marking,
      author: isHidden
        ? {
            organisationName: actor.organisationName,
            country: actor.organisationCountry,
            staffNames: colleagues.map(({ displayName }) => displayName),
          }
        : null,
      fields: {
        language: row.facts.language,
        countries: row.countries,
        currency: row.facts.fraud?.loss?.currency ?? null,
      },
    });
  }

  private async contradictions(
    row: IncidentRow,
    { tlp, audience }: { tlp: Tlp; audience: readonly AudienceItem[] },
  ): Promise<ContradictionView[]> {
    const related = (await this.links.sources(row)).flatMap(({ kind, link, record }) =>
      kind !== 'derived-from' && record.tlp !== null && isWiderThan(tlp, record.tlp)
        ? [
            {
              code: 'wider-than-source',
              pointer: '/marking/tlp',
              detail: `It says that it is ${kind} to a record that is ${record.tlp} (link ${link}): what stems from that may not go further.`,
              isRefused: false,
            },
          ]
        : [],
    );
    const derived = (await this.derived.faults(row, { tlp, audience })).map((fault) => ({
      code: 'wider-than-source',
      ...fault,
      isRefused: true,
    }));
    return [...derived, ...related];
  }
}

/** All that readers would read, but for the marking, which is judged by itself. */
const contentOf = (
  row: IncidentRow | RevisionRow,
  said: readonly PastAppearanceRow[],
  files: readonly AttachedFile[],
): unknown => ({
  status: row.status,
  rsit: [row.rsit_class, row.rsit_type],
  sector: row.sector,
  countries: row.countries,
  facts: row.facts,
  // By what they are, and not by the revision that said them first: its number counts revisions that are hidden.
  observables: said.filter((each) => each.reach === 'readers' && isSaidBy(each, row.number)).map(toSaidObservable),
  attachments: filesOf(row, files).map(({ id, name, size, sha256 }) => ({ id, name, size, sha256 })),
});

/** What was attached behind a revision goes with the next. */
const filesOf = ({ number }: { number: number }, files: readonly AttachedFile[]): AttachedFile[] =>
  files.filter(({ since }) => since <= number);

/** What others read of a revision, who read no reference of what is anonymous. */
const readContentOf = (row: RevisionRow, said: readonly PastAppearanceRow[], files: readonly AttachedFile[]): unknown =>
  contentOf(row.is_veiled ? { ...row, facts: { ...row.facts, externalReferences: [] } } : row, said, files);

const textOfComment = ({ id, body }: { id: string; body: string }): Text => ({
  pointer: `/comments/${id}/body`,
  text: body,
});

const textOfFile = ({ id, name }: AttachedFile): Text => ({ pointer: `/attachments/${id}/name`, text: name });

/** What people wrote, and not what is one of a list of values; not the instruments of a fraud, which are given to be known. */
function textsOf({ authorship, facts }: IncidentRow): Text[] {
  // The references of an anonymous record are shown to nobody.
  const references = authorship === 'named' ? facts.externalReferences : [];
  const all: [string, string | null | undefined][] = [
    ['/title', facts.title],
    ['/description', facts.description],
    ['/fraud/modus', facts.fraud?.modus],
    ['/fraud/impersonated', facts.fraud?.impersonated],
    ...facts.tags.map((tag, index): [string, string] => [`/tags/${index}`, tag]),
    ...references.flatMap(({ source, id, url, description }, index): [string, string | null | undefined][] => [
      [`/externalReferences/${index}/source`, source],
      [`/externalReferences/${index}/id`, id],
      [`/externalReferences/${index}/url`, url],
      [`/externalReferences/${index}/description`, description],
    ]),
  ];
  return all.flatMap(([pointer, text]) => (text ? [{ pointer, text }] : []));
}
