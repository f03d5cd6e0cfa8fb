import { countryNames } from './countries.js';
import { escapeRegExp, spansOf, withoutOverlaps } from './betrayal.js';
import type { Found, Span } from './betrayal.js';

/**
 * Nothing attributes an act to a state; where a text does, a person is told before others read it. By language, since
 * each has its own way to say it; every text is looked at in all of them, since few say which they are in.
 *
 * What names a state as the victim, the place of a server or the source of a law is no attribution: most patterns
 * want an actor and its master near each other.
 */
const actor = {
  en: '(?:hackers?|attackers?|actors?|intruders?|operators?|hacking groups?|threat groups?|spies|operatives|APTs?)',
  id: '(?:peretas|penggodam|hacker|kelompok|kumpulan|aktor|pelaku|serangan|grup)',
  vi: '(?:tin tặc|hacker|nhóm tấn công|nhóm APT|kẻ tấn công|cuộc tấn công|chiến dịch)',
  th: '(?:แฮกเกอร์|แฮ็กเกอร์|ผู้โจมตี|กลุ่มโจมตี|การโจมตี|กลุ่ม APT)',
  lo: '(?:ແຮັກເກີ|ຜູ້ໂຈມຕີ|ກຸ່ມໂຈມຕີ|ການໂຈມຕີ)',
  km: '(?:ហេគឃ័រ|ហេកឃ័រ|អ្នកវាយប្រហារ|ក្រុមវាយប្រហារ|ការវាយប្រហារ)',
  my: '(?:ဟက်ကာ|တိုက်ခိုက်သူ|တိုက်ခိုက်မှု)',
  fil: '(?:hacker|mga hacker|grupo|umaatake|salarin|pag-atake)',
  pt: '(?:hackers?|grupo|atacantes?|ator|atores|ataque|campanha|piratas informáticos)',
};
const within = '[^.!?\\n]{0,40}?';

const phrases: readonly RegExp[] = [
  // English
  /\b(?:(?:nation[- ])?state|government|military|regime)[- ](?:sponsored|backed|affiliated|aligned|directed|linked|nexus)\b/giu,
  /\bnation[- ]state (?:actors?|attack(?:s|ers?)?|threats?|groups?|adversar(?:y|ies)|hackers?|campaigns?)\b/giu,
  new RegExp(
    `\\b${actor.en} (?:working for|acting for|on behalf of|acting on behalf of|directed by|controlled by|employed by|backed by|sponsored by|tied to|linked to) (?:the |a |an )?(?:[\\p{L}]+ )?(?:government|military|intelligence|army|state|regime|ministry)\\b`,
    'giu',
  ),
  /\b(?:foreign|hostile|rival) (?:state|government|intelligence service|power) (?:is|was|are|were) behind\b/giu,
  // A people and its hackers: the endings that names of peoples have in English.
  /\b[A-Z][\p{L}]+(?:ese|ian|ean|nian|ish|eli|ani|aqi|ai|ican) (?:state |government |military |intelligence )?(?:hackers?|hacking groups?|threat actors?|APTs?|operatives|spies|cyber ?spies|cyber ?espionage)\b/gu,
  // Bahasa Indonesia and Bahasa Melayu
  new RegExp(
    `\\b${actor.id}\\b${within}\\b(?:disponsori|didukung|didalangi|dibiayai|ditaja|disokong|tajaan)(?: oleh)? (?:negara|pemerintah|kerajaan)\\b`,
    'giu',
  ),
  /\b(?:aktor|peretas|penggodam|hacker) (?:negara|pemerintah|kerajaan|tajaan negara)\b/giu,
  // Tiếng Việt
  new RegExp(
    `${actor.vi}${within}(?:được|do) (?:nhà nước|chính phủ)${within}(?:bảo trợ|hậu thuẫn|tài trợ|đứng sau|chống lưng)`,
    'giu',
  ),
  // ไทย, ລາວ, ខ្មែរ, မြန်မာ
  new RegExp(
    `${actor.th}${within}(?:รัฐ(?:บาล)?(?:ให้การ)?(?:สนับสนุน|หนุนหลัง|อยู่เบื้องหลัง)|(?:สนับสนุน|หนุนหลัง)(?:จาก|โดย)รัฐ(?:บาล)?)`,
    'gu',
  ),
  new RegExp(`${actor.lo}${within}(?:ລັດ(?:ຖະບານ)?(?:ສະໜັບສະໜູນ|ໜູນຫຼັງ)|(?:ສະໜັບສະໜູນ|ໜູນຫຼັງ)(?:ຈາກ|ໂດຍ)ລັດ(?:ຖະບານ)?)`, 'gu'),
  new RegExp(`${actor.km}${within}(?:(?:គាំទ្រ|ឧបត្ថម្ភ)ដោយរដ្ឋ(?:ាភិបាល)?|រដ្ឋ(?:ាភិបាល)?(?:គាំទ្រ|នៅពីក្រោយ))`, 'gu'),
  new RegExp(`(?:အစိုးရ|နိုင်ငံတော်)${within}(?:ကျောထောက်နောက်ခံ|ထောက်ပံ့)${within}${actor.my}`, 'gu'),
  // Filipino, português
  new RegExp(
    `\\b${actor.fil}\\b${within}\\b(?:suportado|sinusuportahan|itinataguyod|inisponsoran|pinopondohan) ng (?:estado|gobyerno|pamahalaan)\\b`,
    'giu',
  ),
  new RegExp(
    `\\b${actor.pt}\\b${within}\\b(?:patrocinad[oa]s?|apoiad[oa]s?|financiad[oa]s?) (?:pelo|por um) (?:estado|governo)\\b`,
    'giu',
  ),
  // 中文, தமிழ்
  /(?:国家|國家|政府|军方|軍方)(?:支持|资助|資助|背景|赞助|贊助)的?(?:黑客|駭客|攻击|攻擊|组织|組織)/gu,
  /அரசு (?:ஆதரவு|ஆதரவுடன்|நிதியுதவி)[^.]{0,20}(?:ஹேக்கர்|தாக்குதல்)/gu,
];

/** How vendors number and name those whom they hold for a state's: the scheme, and a few that stand outside one. */
const groupNames: readonly RegExp[] = [
  /\bAPT[- ]?(?:C-)?[0-9]{1,3}\b/gu,
  /\b(?:UNC[0-9]{3,5}|TA[1-9][0-9]{2,3}|Storm-[0-9]{4}|DEV-[0-9]{4}|TAG-[0-9]{1,3}|UAC-[0-9]{4}|G0[0-9]{3})\b/gu,
  // Weather is also weather: the season's typhoons have their names behind them.
  /\b(?!(?:Super|Severe|Tropical|The|A|This|That|Last|Next|After|During|Strong|Violent)\b)[A-Z][a-z]+ (?:Typhoon|Blizzard|Sandstorm|Sleet)\b(?! [A-Z])/gu,
  /\b(?:Fancy|Cozy|Venomous|Voodoo|Primitive|Energetic|Berserk|Ember|Gossamer) Bear\b/gu,
  /\b(?:Mustang|Wicked|Stone|Gothic|Deep|Aquatic|Judgment|Vixen|Goblin|Lotus|Sharp|Emissary|Karma) Panda\b/gu,
  /\b(?:Charming|Rocket|Static|Helix|Remix|Imperial|Pioneer|Nemesis|Clever) Kitten\b/gu,
  /\b(?:Labyrinth|Stardust|Velvet|Silent|Ricochet|Famous) Chollima\b/gu,
  /\b(?:Lazarus Group|BlueNoroff|Andariel|Kimsuky|ScarCruft|Turla|Sandworm|Gamaredon|Equation Group|Winnti|Naikon|MuddyWater|OilRig|SideWinder|OceanLotus|Ocean Buffalo|DarkHotel|Transparent Tribe)\b/gu,
];

/** Words between an act and the state that it is laid to. */
function statesPattern(): RegExp {
  const names = `(?:${countryNames('en').map(escapeRegExp).join('|')})`;
  return new RegExp(
    [
      `\\b[Aa]ttribut(?:ed|able|es?|ion|ing)\\b[^.!?\\n]{0,30}?\\b(?:to|of this to) (?:the )?(?:government of |military of |state of )?${names}\\b`,
      `\\b${names}(?:’s|'s)? (?:government|military|army|intelligence|regime|state) (?:hackers?|operatives|actors?|is behind|are behind|was behind|ordered|directed|carried out)\\b`,
      `\\b${names}[- ](?:linked|nexus|aligned|backed|sponsored|affiliated|directed)\\b`,
      `\\b${names} (?:is|was|stands|stood) behind (?:this|the|these|it)\\b`,
    ].join('|'),
    'gu',
  );
}

let states: RegExp | undefined;

const all = (patterns: readonly RegExp[], text: string): Span[] =>
  patterns.flatMap((pattern) => spansOf(pattern, text));

/** Where a text lays an act to a state, or names a group that others hold for a state's. */
export function stateAttribution(text: string): Found[] {
  const wordings = withoutOverlaps(all([(states ??= statesPattern()), ...phrases], text)).map(
    ({ start, end }): Found => ({
      start,
      end,
      code: 'state-attribution',
      detail: 'This lays an act to a state. Nothing here does: say what was done, not for whom.',
    }),
  );
  const names = withoutOverlaps(all(groupNames, text)).map(({ start, end }): Found => ({
    start,
    end,
    code: 'group-name',
    detail:
      'Many hold a group of this name for a state’s. Say what was seen, or that it resembles what others describe.',
  }));
  return [...wordings, ...names];
}
