import type { Region } from '../../kernel/region.js';
import { memberByCode } from '../../kernel/region.js';
import { spansOf, withoutOverlaps, wordsPattern } from './betrayal.js';
import type { Betrayal, Found } from './betrayal.js';
import { countryName } from './countries.js';

/** Who writes without a name: what would say so all the same. */
export interface HiddenAuthor {
  organisationName: string;
  country: string | null;
  staffNames: readonly string[];
}

/** Fields that are no text, and tell of the author by how they differ from the others'. */
export interface TellingFields {
  language: string | null;
  countries: readonly string[];
  currency: string | null;
}

/** With fewer in a language or a currency, it points at one of them. */
const FEW = 5;

/** `VNCERT` of `VNCERT National Centre`: what people call it. */
const shortNames = (name: string): string[] =>
  name.split(/[\s/(),]+/).filter((word) => /(?:CERT|CSIRT|CIRT|SIRT)/i.test(word) && word.length > 5);

function namesOfCountry(code: string, region: Region): string[] {
  const member = memberByCode(region, code);
  const names = ['en', ...region.languages.map(({ tag }) => tag)].flatMap((tag) => countryName(code, tag) ?? []);
  return [...(member ? [member.name] : []), ...names];
}

/** In its text: its organisation, its country and its people. */
export function authorInText(text: string, author: HiddenAuthor, region: Region): Found[] {
  const find = (words: readonly string[], code: Found['code'], detail: string): Found[] =>
    spansOf(wordsPattern(words), text).map(({ start, end }) => ({ start, end, code, detail }));
  const country = author.country === null ? [] : namesOfCountry(author.country, region);
  // Thailand’s are Thai, Viet Nam’s Vietnamese: whoever is called after it, as far as it begins alike.
  const peoples = country
    .filter((name) => /^[A-Za-z ]+$/.test(name))
    .map((name) => name.replace(/land$/, '').replace(/(?:ia|s|a|e)$/, ''))
    .filter((stem) => stem.length >= 4);
  const called = new RegExp(`(?<![\\p{L}])(?:${peoples.join('|') || '(?!)'})[a-z]{0,5}(?![\\p{L}])`, 'gu');
  const detail = 'This is the country of the author, who means to stay unnamed.';
  return withoutOverlaps([
    ...find(
      [author.organisationName, ...shortNames(author.organisationName)],
      'author-name',
      'This is the organisation of the author, who means to stay unnamed.',
    ),
    ...find(author.staffNames, 'author-staff', 'This is somebody of the author’s organisation.'),
    ...find(country, 'author-country', detail),
    ...spansOf(called, text).map(({ start, end }): Found => ({ start, end, code: 'author-country', detail })),
  ]);
}

/** In what is no text: a language that few write, money that few count in, the one country affected. */
export function authorInFields(fields: TellingFields, author: HiddenAuthor, region: Region): Betrayal[] {
  const { country } = author;
  const home = country === null ? undefined : memberByCode(region, country);
  if (!home) return [];
  const field = (code: Betrayal['code'], pointer: string, excerpt: string, detail: string): Betrayal => ({
    code,
    pointer,
    offset: 0,
    excerpt,
    detail,
  });
  const { language, currency, countries } = fields;
  const sharing = region.members.filter(({ languages }) => language !== null && languages.includes(language)).length;
  const paying = region.members.filter((member) => currency !== null && member.currency === currency).length;
  const at = countries.indexOf(home.code);
  return [
    ...(language !== null && home.languages.includes(language) && sharing < FEW
      ? [field('author-language', '/language', language, `Few members write this language: ${sharing}.`)]
      : []),
    ...(currency !== null && home.currency === currency && paying < FEW
      ? [field('author-currency', '/fraud/loss/currency', currency, `Few members count in this currency: ${paying}.`)]
      : []),
    ...(at >= 0 && countries.length < FEW
      ? [
          field(
            'author-country',
            `/countries/${at}`,
            home.code,
            'The country of the author is among the few that it names.',
          ),
        ]
      : []),
  ];
}
