import { isCreditCard, isIBAN } from 'class-validator';
import { findPhoneNumbersInText, isSupportedCountry } from 'libphonenumber-js/max';
import type { NationalIdFormat, Region } from '../../kernel/region.js';
import { spansOf, withAsciiDigits, withoutOverlaps, wordsPattern } from './betrayal.js';
import type { Found, Span } from './betrayal.js';

/** Not in the middle of an address, a hash, a path, a version or an identifier such as CVE-2026-12345. */
const APART = '(?<![A-Za-z0-9_./=#@\\\\-])';
const ENDS = '(?![A-Za-z0-9_/=@\\\\-]|\\.[0-9])';

/** How far before a number the word may stand that says what it is. */
const NEAR = 32;

/** Mailboxes of a function and not of a person. */
const ROLE =
  /^(?:abuse|postmaster|hostmaster|webmaster|security|soc|cert|csirt|noc|info|contact|support|help(?:desk)?|admin|no-?reply|do-?not-?reply|mailer-daemon)$/i;

/** In the languages that people write it in: `account number`, by what it is called. */
const ACCOUNT_WORDS = [
  ...[
    'account number',
    'account no',
    'account no.',
    'acct no',
    'acct no.',
    'a/c no',
    'a/c no.',
    'a/c',
    'bank account',
    'account',
  ],
  ...[
    'rekening',
    'nomor rekening',
    'no rekening',
    'no. rekening',
    'norek',
    'no rek',
    'no. rek',
    'nombor akaun',
    'no akaun',
    'no. akaun',
    'akaun',
  ],
  ...[
    'số tài khoản',
    'STK',
    'tài khoản',
    'เลขที่บัญชี',
    'เลขบัญชี',
    'บัญชี',
    'ເລກບັນຊີ',
    'ເລກທີບັນຊີ',
    'លេខគណនី',
    'ဘဏ်စာရင်းနံပါတ်',
    'အကောင့်နံပါတ်',
  ],
  ...[
    'numero ng account',
    'account number ng',
    'número da conta',
    'numeru konta',
    'conta bancária',
    'conta n.º',
    '账号',
    '账户',
    '帳號',
    'கணக்கு எண்',
  ],
];
const PHONE_WORDS = [
  ...[
    'tel',
    'tel.',
    'phone',
    'mobile',
    'call',
    'called',
    'calls',
    'caller',
    'sms',
    'whatsapp',
    'hotline',
    'fax',
    'cell',
    'telefon',
    'telepon',
    'telp',
    'telp.',
    'hp',
  ],
  ...[
    'hubungi',
    'điện thoại',
    'đt',
    'sđt',
    'gọi',
    'โทร',
    'เบอร์',
    'ໂທ',
    'ເບີ',
    'ទូរស័ព្ទ',
    'ទូរសព្ទ',
    'ဖုန်း',
    'telepono',
    'tawag',
    'telefone',
    'telemóvel',
    'telefone',
    '电话',
    '電話',
    '手机',
    'தொலைபேசி',
  ],
];
const accountWords = wordsPattern(ACCOUNT_WORDS);
const phoneWords = wordsPattern(PHONE_WORDS);

const isNear = (words: RegExp, text: string, { start }: Span): boolean =>
  spansOf(words, text.slice(Math.max(0, start - NEAR), start)).length > 0;

/** Written plainly, or so that nobody clicks on it: `somchai[at]bank[.]example`. */
const EMAIL =
  /(?<![\p{L}\p{N}._%+-])([\p{L}\p{N}](?:[\p{L}\p{N}._%+-]{0,62}[\p{L}\p{N}_])?)\s?(?:@|\[@\]|\[at\]|\(at\))\s?((?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?(?:\.|\[\.\]|\(\.\)|\[dot\]|\(dot\)))+[\p{L}]{2,24})/giu;

const emails = (text: string): Found[] =>
  spansOf(EMAIL, text)
    .filter(({ match }) => !ROLE.test(match[1] ?? ''))
    .map(({ start, end }) => ({
      start,
      end,
      code: 'email-address',
      detail: 'An e-mail address is personal data where it names a person.',
    }));

const CARD = new RegExp(`${APART}[2-6][0-9](?:[ -]?[0-9]){11,17}${ENDS}`, 'g');
const IBAN = new RegExp(`${APART}[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}${ENDS}`, 'g');
const ACCOUNT = new RegExp(`${APART}[0-9](?:[ -]?[0-9]){7,17}${ENDS}`, 'g');

const cards = (text: string): Found[] =>
  spansOf(CARD, text)
    .filter(({ match }) => isCreditCard(match[0]))
    .map(({ start, end }) => ({
      start,
      end,
      code: 'payment-card',
      detail: 'A payment card number, by its check digit.',
    }));

const ibans = (text: string): Found[] =>
  spansOf(IBAN, text)
    .filter(({ match }) => isIBAN(match[0].replaceAll(' ', '')))
    .map(({ start, end }) => ({
      start,
      end,
      code: 'iban',
      detail: 'An international bank account number, by its check digits.',
    }));

const accounts = (text: string): Found[] =>
  spansOf(ACCOUNT, text)
    .filter((span) => isNear(accountWords, text, span))
    .map(({ start, end }) => ({ start, end, code: 'bank-account', detail: 'A number that is called a bank account.' }));

const hasCheck = (match: RegExpMatchArray, check: NationalIdFormat['check']): boolean => {
  if (!check) return true;
  const digits = (match.groups?.digits ?? '').replace(/[^0-9]/g, '');
  const sum = check.weights.reduce((total, weight, index) => total + weight * Number(digits[index] ?? 0), 0);
  return (
    digits.length === check.weights.length && check.characters[sum % check.characters.length] === match.groups?.check
  );
};

/** Made once for a region: its formats are the same for every text. */
const formatsOf = new WeakMap<Region, { format: NationalIdFormat; pattern: RegExp; near: RegExp | null }[]>();

function nationalIds(text: string, region: Region): Found[] {
  let formats = formatsOf.get(region);
  if (!formats) {
    formats = region.members
      .flatMap(({ nationalIds: all = [] }) => all)
      .map((format) => ({
        format,
        pattern: new RegExp(`${APART}(?:${format.pattern})${ENDS}`, 'gu'),
        near: format.near ? wordsPattern(format.near, 'gu') : null,
      }));
    formatsOf.set(region, formats);
  }
  return formats.flatMap(({ format, pattern, near }) =>
    spansOf(pattern, text)
      .filter((span) => hasCheck(span.match, format.check) && (near === null || isNear(near, text, span)))
      .map(({ start, end }) => ({
        start,
        end,
        code: 'national-id',
        detail: `It looks like a number of a person: ${format.name}.`,
      })),
  );
}

function phones(text: string, country: string | null): Found[] {
  const home = country !== null && isSupportedCountry(country) ? country : undefined;
  return findPhoneNumbersInText(text, { ...(home && { defaultCountry: home }), extended: true } as const)
    .map(({ startsAt: start, endsAt: end }) => ({ start, end }))
    .filter((span) => isPhone(text, span))
    .map((span) => ({ ...span, code: 'phone-number', detail: 'A telephone number that could be a person’s.' }));
}

/** A national number is digits like any other: written as one dials it, or called a number, or it is none. */
function isPhone(text: string, span: Span): boolean {
  const written = text.slice(span.start, span.end);
  const around = `${text[span.start - 1] ?? ' '}${text[span.end] ?? ' '}`;
  if (/[A-Za-z0-9_/=#@.\\-]/.test(around[0] ?? '') || /[A-Za-z0-9_/=@\\-]/.test(around[1] ?? '')) return false;
  if (written.startsWith('+') || isNear(phoneWords, text, span)) return true;
  return /^\(?0/.test(written) && /[ ().-]/.test(written) && !/^\d{2,4}([.-])\d{2}\1\d{2,4}$/.test(written);
}

/** What names a person, or its money: e-mail addresses, telephone and identity numbers, bank accounts and cards. */
export function personalData(original: string, region: Region, country: string | null): Found[] {
  const text = withAsciiDigits(original);
  // The surest first: what has check digits is not taken for something else.
  return withoutOverlaps([
    ...emails(text),
    ...cards(text),
    ...ibans(text),
    ...nationalIds(text, region),
    ...accounts(text),
    ...phones(text, country),
  ]);
}
