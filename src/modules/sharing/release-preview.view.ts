import { TZDate } from '@date-fns/tz';
import type { ReadingOrganisation, Readers } from './find-readers.js';
import type { PreviewChangedReaderView, PreviewPersonView, PreviewReadersView } from './release-preview.dto.js';

const toPerson = ({ id, displayName }: { id: string; displayName: string }): PreviewPersonView => ({ id, displayName });

export const toPersonViews = (people: readonly { id: string; displayName: string }[]): PreviewPersonView[] =>
  people.map(toPerson);

export const toReadersView = (readers: Readers, notBefore: Date | null): PreviewReadersView => ({
  organisationCount: readers.organisations.length,
  peopleCount: readers.organisations.reduce((sum, { people }) => sum + people.length, 0),
  isPublic: readers.isPublic,
  isRelayed: readers.isRelayed,
  isComplete: readers.isComplete,
  organisations: readers.organisations.map(({ organisation, isWhole, people }) => ({
    id: organisation.id,
    name: organisation.name,
    country: organisation.country,
    isWhole,
    people: toPersonViews(people),
    timeZone: organisation.timeZone,
    notBeforeLocal: notBefore && localTime(notBefore, organisation.timeZone),
  })),
});

/** Each reader in one line, as an outcome's token knows it. */
export const linesOf = ({ organisations, isPublic, isRelayed }: Readers): string[] => [
  ...(isPublic ? ['public'] : []),
  ...(isRelayed ? ['relayed'] : []),
  ...organisations.flatMap(({ organisation, isWhole, people }) => [
    ...(isWhole ? [`organisation ${organisation.id}`] : []),
    ...people.map(({ id }) => `user ${id}`),
  ]),
];

/** Who is among `these` and not among `those`: whole organisations, or people of them. */
export function missingFrom(those: Readers, these: Readers): PreviewChangedReaderView[] {
  const byId = new Map(those.organisations.map((each) => [each.organisation.id, each]));
  return these.organisations.flatMap((each) => {
    const { organisation, isWhole } = each;
    const other = byId.get(organisation.id);
    if (other?.isWhole) return [];
    if (isWhole && !other) return [{ id: organisation.id, name: organisation.name, people: [] }];
    const people = peopleBeyond(other, each);
    return people.length > 0 ? [{ id: organisation.id, name: organisation.name, people }] : [];
  });
}

function peopleBeyond(other: ReadingOrganisation | undefined, { people }: ReadingOrganisation): PreviewPersonView[] {
  const there = new Set(other?.people.map(({ id }) => id));
  return toPersonViews(people.filter(({ id }) => !there.has(id)));
}

/** An instant as a clock on the wall there shows it, with its offset: RFC 3339. */
const localTime = (instant: Date, timeZone: string): string => new TZDate(instant, timeZone).toISOString();
