import type { Pap, Tlp } from '../../kernel/markings.js';
import type { Region } from '../../kernel/region.js';
import { ownNetworks, privateAddresses } from './addresses.js';
import type { OwnNetwork } from './addresses.js';
import { stateAttribution } from './attribution.js';
import { spansOf, toBetrayal } from './betrayal.js';
import type { Betrayal, Found, Text } from './betrayal.js';
import { personalData } from './personal-data.js';
import { authorInFields, authorInText } from './unmasking.js';
import type { HiddenAuthor, TellingFields } from './unmasking.js';

/** Against what a text is held. */
export interface Setting {
  region: Region;
  /** ISO 3166-1 alpha-2 of the reporter: whose telephone numbers need no prefix. */
  country: string | null;
  networks: readonly OwnNetwork[];
  marking: { tlp: Tlp; pap: Pap };
  /** Set where the author means to stay unnamed. */
  author: HiddenAuthor | null;
  fields: TellingFields;
}

const LABEL =
  /(?<![\p{L}\p{N}])(?:(TLP)[ :_-]{1,2}(AMBER[ +_-]{1,2}STRICT|CLEAR|WHITE|GREEN|AMBER|RED)|(PAP)[ :_-]{1,2}(CLEAR|WHITE|GREEN|AMBER|RED))(?![\p{L}\p{N}])/giu;

/** A text that says another marking than it has: its reader does not know which holds. */
const otherMarkings = (text: string, { tlp, pap }: Setting['marking']): Found[] =>
  spansOf(LABEL, text).flatMap(({ start, end, match }): Found[] => {
    const level = (match[2] ?? match[4] ?? '')
      .toUpperCase()
      .replace(/[ +_-]{1,2}/, '+')
      .replace('WHITE', 'CLEAR');
    const scheme = (match[1] ?? match[3] ?? '').toUpperCase();
    const marking = scheme === 'TLP' ? tlp : pap;
    return `${scheme}:${level}` === marking
      ? []
      : [
          {
            start,
            end,
            code: 'other-marking',
            detail: `The text says ${scheme}:${level}, and it would go out as ${marking}.`,
          },
        ];
  });

/**
 * What the texts of a record betray: of people, of networks, of who wrote it. A hint for a person, never a refusal: it finds
 * too much and too little. Pure, so the same texts in the same setting give the same findings.
 */
export const findBetrayals = (texts: readonly Text[], setting: Setting): Betrayal[] => [
  ...texts.flatMap((text) =>
    [
      ...personalData(text.text, setting.region, setting.country),
      ...privateAddresses(text.text),
      ...ownNetworks(text.text, setting.networks),
      ...stateAttribution(text.text),
      ...otherMarkings(text.text, setting.marking),
      ...(setting.author ? authorInText(text.text, setting.author, setting.region) : []),
    ]
      .sort((one, other) => one.start - other.start || one.end - other.end)
      .map((found) => toBetrayal(text, found)),
  ),
  ...(setting.author ? authorInFields(setting.fields, setting.author, setting.region) : []),
];
