/** Groups as those who track them name them: by families of names, and by the names that the press uses. */
const FAMILIES = [
  /\bAPT[- ]?\d{1,3}\b/gi,
  /\b(?:UNC|FIN|TEMP|DEV|TAG|UAC)-?\d{1,4}\b/g,
  /\bTA\d{3,4}\b/g,
  /\bStorm-\d{4}\b/g,
  /\b[A-Z][A-Za-z]+ (?:Bear|BEAR|Panda|PANDA|Kitten|KITTEN|Chollima|CHOLLIMA|Spider|SPIDER|Jackal|JACKAL)\b/g,
  /\b[A-Z][a-z]+ (?:Typhoon|Blizzard|Sandstorm|Sleet|Tempest|Tsunami)\b/g,
];
const NAMES =
  /\b(?:Lazarus(?: Group)?|Kimsuky|Sandworm|Turla|Gamaredon|MuddyWater|OilRig|OceanLotus|Mustang ?Panda|Equation Group|Carbanak|Cobalt Group|LockBit|BlackCat|ALPHV|Conti|REvil|Sodinokibi|Ryuk|DarkSide|BlackBasta|Black Basta|Cl0p|Akira|Hive|RansomHub|Qilin|Medusa(?:Locker)?|Anonymous|Lapsus\$?|Scattered Spider|ShinyHunters|Killnet|WannaCry|NotPetya|Emotet|TrickBot|Qakbot)\b/g;

/** Names that are English words too: they count where the text writes them as a name and says of what. */
const WORDS = new Set(['hive', 'conti', 'anonymous', 'akira', 'medusa', 'turla']);

export function namedGroups(text: string): string[] {
  const found = [...FAMILIES, NAMES].flatMap((pattern) => [...text.matchAll(pattern)]);
  const isMeant = (name: string, at: number): boolean =>
    !WORDS.has(name.toLowerCase()) ||
    /^\W{0,3}(?:group|gang|ransomware|crew|collective|affiliate)/i.test(text.slice(at + name.length));
  return [...new Set(found.filter((each) => isMeant(each[0], each.index)).map(([name]) => name))];
}

const CODES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const statesIn = new Map<string, string[]>();

/** What ICU calls otherwise: in ISO 3166, in region files, or in the press. */
const OTHERWISE = [
  'Brunei Darussalam',
  'Viet Nam',
  'Lao PDR',
  "Lao People's Democratic Republic",
  'East Timor',
  'Republic of Korea',
  "Democratic People's Republic of Korea",
  'North Korea',
  'South Korea',
  'DPRK',
  'Russian',
  'Russian Federation',
  'Chinese',
  'Iranian',
  'Syrian Arab Republic',
  'United States of America',
  'Great Britain',
  'Czech Republic',
];

/** Whether Unicode knows how to read this as BCP 47. */
export function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** Names of the states of ISO 3166, in the language. */
function states(language: string): string[] {
  const known = statesIn.get(language);
  if (known) return known;
  const codes = [...CODES].flatMap((first) => [...CODES].map((second) => first + second));
  const names = (['long', 'short'] as const).flatMap((style) => {
    const shown = new Intl.DisplayNames([language], { type: 'region', fallback: 'none', style });
    return codes.flatMap((code) => shown.of(code) ?? []);
  });
  // "Myanmar (Burma)" is both.
  const all = names.flatMap((name) => [name, ...name.split(/[()（）]/).map((each) => each.trim())]);
  const long = [...new Set(all)].filter((name) => [...name].length > 3);
  statesIn.set(language, long);
  return long;
}

const LETTER = /[\p{Script=Latin}\p{Script=Cyrillic}]/u;

/** States that a text names, in English or the language it is written in, whatever the case. */
export function namedStates(text: string, language: string): string[] {
  const said = text.toLowerCase();
  const names = new Set([...states('en'), ...states(language), ...OTHERWISE]);
  return [...names].filter((name) => {
    const wanted = name.toLowerCase();
    for (let at = said.indexOf(wanted); at >= 0; at = said.indexOf(wanted, at + 1))
      if (!LETTER.test(said[at - 1] ?? ' ') && !LETTER.test(said[at + wanted.length] ?? ' ')) return true;
    return false;
  });
}
