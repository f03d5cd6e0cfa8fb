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

/** Names of the states of ISO 3166, in the language. */
function states(language: string): string[] {
  const known = statesIn.get(language);
  if (known) return known;
  const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
  const codes = [...CODES].flatMap((first) => [...CODES].map((second) => first + second));
  const all = codes.flatMap((code) => names.of(code) ?? []).filter((name) => [...name].length > 3);
  statesIn.set(language, all);
  return all;
}

/** States that a text names, in English or the language it is written in. */
export function namedStates(text: string, language: string): string[] {
  const names = new Set([
    ...states('en'),
    ...states(language),
    'North Korea',
    'South Korea',
    'Russian',
    'Chinese',
    'Iranian',
  ]);
  return [...names].filter((name) => {
    const at = text.indexOf(name);
    if (at < 0) return false;
    const isLetter = /[\p{Script=Latin}\p{Script=Cyrillic}]/u;
    return !isLetter.test(text[at - 1] ?? ' ') && !isLetter.test(text[at + name.length] ?? ' ');
  });
}
