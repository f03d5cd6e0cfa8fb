import type { Actor } from '../../kernel/actor.js';
import type { Chance } from '../../kernel/chance.js';
import { forbidden, invalidInput } from '../../kernel/problem.js';
import type { Fault } from '../../kernel/problem.js';
import type { Region } from '../../kernel/region.js';
import { applyInput, assertContent, assessSeverity, emptyContent } from './incident.content.js';
import type { IncidentInput } from './incident.content.js';
import { readInstruments, readObservables, together } from '../observables/index.js';
import type { Appearance } from '../observables/index.js';
import { ALIAS_BYTES, aliasOf, belongsToCert, ownerReaders } from './incident.rules.js';
import type { NewIncident } from './incident.rows.js';

/** What is sent to file an incident. */
export type FilingInput = IncidentInput & { authorship?: 'named' | 'anonymous' };

/** What a first revision says that machines can look for: its observables, and the instruments of its fraud. */
function observablesOf({ observables, fraud }: FilingInput): { appearances: Appearance[]; faults: Fault[] } {
  const { appearances, faults } = readObservables(observables ?? []);
  return { appearances: together(appearances, readInstruments(fraud?.instruments ?? [])), faults };
}

/** @throws Problem 403 where the caller's organisation files nothing. */
export function assertMayFile(actor: Actor): void {
  if (actor.standing !== 'active')
    throw forbidden(`Your organisation is ${actor.standing}: it reads its own records, and files none.`);
}

/**
 * The draft that an input makes, of the caller's organisation.
 * @throws Problem 400 with every fault that the shape alone does not tell.
 */
export function draftOf(
  actor: Actor,
  input: FilingInput,
  place: { id: string; region: Region; originNode: string; chance: Chance },
): NewIncident {
  const { id, region, originNode, chance } = place;
  // Its CERT takes over what it submits, and has to know whom to ask.
  if (input.authorship === 'anonymous' && belongsToCert(actor))
    throw invalidInput([
      {
        pointer: '/authorship',
        detail: 'What you file goes to your CERT in your name; your CERT decides what members see.',
      },
    ]);
  const { appearances, faults } = observablesOf(input);
  const content = applyInput(emptyContent(region), input);
  assertContent(content, region, faults);
  const readers = ownerReaders(content.marking.tlp, actor.organisationKey, [actor.userKey]);
  return {
    id,
    originNode,
    authorship: input.authorship ?? 'named',
    alias: input.authorship === 'anonymous' ? aliasOf(chance.bytes(ALIAS_BYTES)) : null,
    owner: {
      key: actor.organisationKey,
      id: actor.organisationId,
      name: actor.organisationName,
      country: actor.organisationCountry,
    },
    authorKey: actor.userKey,
    ownerReaders: readers,
    revision: {
      change: 'filed',
      status: 'draft',
      content,
      severity: assessSeverity(content, region),
      readers,
      authorKey: actor.userKey,
      observables: { added: appearances, ended: [] },
    },
  };
}
