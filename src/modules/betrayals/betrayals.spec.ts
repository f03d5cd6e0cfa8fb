import { loadRegion } from '../../platform/config/region-file.js';
import { findBetrayals } from './index.js';
import type { Setting } from './index.js';

const region = loadRegion();
const setting = (overrides: Partial<Setting> = {}): Setting => ({
  region,
  country: 'TH',
  networks: [
    { kind: 'domain', domain: 'ministry.example' },
    { kind: 'cidr', cidr: '203.0.113.0/24' },
    { kind: 'cidr', cidr: '2001:db8:7::/48' },
    { kind: 'asn', asn: 64500 },
  ],
  marking: { tlp: 'TLP:AMBER', pap: 'PAP:GREEN' },
  author: null,
  fields: { language: 'en', countries: [], currency: null },
  ...overrides,
});
const found = (text: string, overrides?: Partial<Setting>): string[] =>
  findBetrayals([{ pointer: '/description', text }], setting(overrides)).map(
    ({ code, excerpt }) => `${code}: ${excerpt}`,
  );

describe('what a text betrays', () => {
  it.each([
    // E-mail addresses, also such as nobody clicks on; those of a function are nobody's.
    ['Write to somchai.k@mail.example today.', 'email-address: somchai.k@mail.example'],
    ['linh[at]mail[.]example', 'email-address: linh[at]mail[.]example'],
    ['ติดต่อ somchai@mail.example ได้', 'email-address: somchai@mail.example'],
    // Telephone numbers: with a prefix; as one dials them at home; called a number.
    ['Calls come from +84 912 345 678.', 'phone-number: +84 912 345 678'],
    ['โทร 081-234-5678 แล้วบอกรหัส', 'phone-number: 081-234-5678'],
    ['โทร ๐๘๑-๒๓๔-๕๖๗๘', 'phone-number: ๐๘๑-๒๓๔-๕๖๗๘'],
    ['Hubungi +62 812-3456-7890 segera', 'phone-number: +62 812-3456-7890'],
    ['The caller used 02 123 4567.', 'phone-number: 02 123 4567'],
    // Identity numbers of the region, by what can be checked of them, or by what they are called.
    ['เลข 1-1014-00001-00-2 หลุด', 'national-id: 1-1014-00001-00-2'],
    ['Her NRIC S1234567D was read out.', 'national-id: S1234567D'],
    ['MyKad 900101-14-5678 pada borang', 'national-id: 900101-14-5678'],
    ['NIK 3171234567890123 bocor, NIK 3171234501900001 juga', 'national-id: 3171234501900001'],
    ['CCCD 001099012345 bị lộ', 'national-id: 001099012345'],
    ['NRC 12/OUKAMA(N)123456', 'national-id: 12/OUKAMA(N)123456'],
    ['UMID 0111-1234567-8', 'national-id: 0111-1234567-8'],
    ['អត្តសញ្ញាណប័ណ្ណ 012345678', 'national-id: 012345678'],
    // Money
    ['Card 4111 1111 1111 1111 was charged.', 'payment-card: 4111 1111 1111 1111'],
    ['To DE89 3704 0044 0532 0130 00 by noon', 'iban: DE89 3704 0044 0532 0130 00'],
    ['Nomor rekening 123-456-7890 atas nama korban', 'bank-account: 123-456-7890'],
    ['STK: 0011004321234 tại ngân hàng', 'bank-account: 0011004321234'],
    ['เลขที่บัญชี 123-4-56789-0', 'bank-account: 123-4-56789-0'],
    // Addresses of nobody's network but the writer's own
    ['From 10.1.2.3 to the server', 'private-address: 10.1.2.3'],
    ['172[.]16[.]4[.]5', 'private-address: 172[.]16[.]4[.]5'],
    ['at 192.168.1.1:8080', 'private-address: 192.168.1.1'],
    ['fd12:3456:789a::1 answered', 'private-address: fd12:3456:789a::1'],
    ['dc01.corp.local was reached', 'internal-host: dc01.corp.local'],
    // Networks that the reporter answers for
    ['The page on www.ministry.example', 'own-network: www.ministry.example'],
    ['www[.]ministry[.]example', 'own-network: www[.]ministry[.]example'],
    ['scanned 203.0.113.77 all night', 'own-network: 203.0.113.77'],
    ['2001:db8:7::5 answered', 'own-network: 2001:db8:7::5'],
    ['announced by AS64500', 'own-network: AS64500'],
    // Markings
    ['TLP:RED - for your eyes', 'other-marking: TLP:RED'],
    ['This is TLP: WHITE', 'other-marking: TLP: WHITE'],
    ['PAP:RED', 'other-marking: PAP:RED'],
    ['TLP:AMBER+STRICT', 'other-marking: TLP:AMBER+STRICT'],
  ])('%s', (text, betrayal) => {
    expect(found(text)).toEqual([betrayal]);
  });

  it.each([
    'Mail abuse@bank.example or soc@cert.example.',
    'The host login-bank.example at 198.51.100.23 and 2001:db8::1',
    'CVE-2026-12345 in version 10.0.19045.1, build 10.2.0.1, v10.2.3.4',
    'On 2026-11-20 at 09:10:00, and on 20/11/2026, 14 victims lost 12 500 000 VND.',
    'sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'md5 d41d8cd98f00b204e9800998ecf8427e, id 5f0c7a52-9c0e-4f54-8a5e-3f1f6a2d9b10',
    'Ticket 20261120-004211, order 1234567890123, epoch 1763700000',
    'Port 8443, 65535 and 3389; RFC 1918; ISO 27001; T1566.002; TA0001',
    'https://login-bank.example/path/0812345678?id=4111111111111112',
    'ผู้เสียหาย 120 ราย เสียเงิน 1,250,000 บาท เมื่อวันที่ 20/11/2569',
    'Kerugian Rp 1.250.000.000 dari 14 nasabah.',
    'Thiệt hại 12.500.000 đồng, 14 nạn nhân, ngày 20-11-2026.',
    'Nalugi ng PHP 125,000.00 ang 14 na biktima.',
    'ຜູ້ເສຍຫາຍ 14 ຄົນ, ວັນທີ 20-11-2026',
    'ជនរងគ្រោះ 14 នាក់ ថ្ងៃទី 20-11-2026',
    'နစ်နာသူ ၁၄ ဦး၊ ၂၀၂၆-၁၁-၂၀',
    'Number 1-1014-00001-00-3 fails its check, as does S1234567A.',
    'TLP:AMBER, PAP:GREEN, and a tulip in amber',
    'ministry.example.net and notministry.example are somebody else’s; so is AS645001',
    'localhost, 127.0.0.1 and 0.0.0.0',
  ])('nothing: %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});

describe('state attribution', () => {
  it.each([
    'A state-sponsored campaign',
    'nation-state actors were seen',
    'Attributed with high confidence to Iran',
    'hackers working for the government',
    'Chinese hackers are blamed',
    'a Russia-linked group',
    'France is behind this',
    'the Brazilian military hackers',
    'Serangan ini dilakukan kelompok yang didukung oleh pemerintah asing',
    'Penggodam tajaan negara dikesan',
    'Nhóm tấn công được chính phủ hậu thuẫn',
    'แฮกเกอร์กลุ่มนี้ได้รับการสนับสนุนจากรัฐบาล',
    'ແຮັກເກີກຸ່ມນີ້ໄດ້ຮັບການສະໜັບສະໜູນຈາກລັດຖະບານ',
    'ក្រុមវាយប្រហារនេះគាំទ្រដោយរដ្ឋាភិបាល',
    'အစိုးရ ကျောထောက်နောက်ခံပြု ဟက်ကာ',
    'Isang grupo na suportado ng gobyerno',
    'um grupo de atacantes patrocinado pelo estado',
    '有国家支持的黑客',
  ])('%s', (text) => {
    expect(found(text).map((each) => each.split(':', 1)[0])).toEqual(['state-attribution']);
  });

  it.each([
    'APT28 tools',
    'like UNC1234',
    'Volt Typhoon',
    'the Lazarus Group',
    'Fancy Bear',
    'Charming Kitten',
    'OceanLotus',
  ])('a name that others hold for a state’s: %s', (text) => {
    expect(found(text).map((each) => each.split(':', 1)[0])).toEqual(['group-name']);
  });

  it.each([
    'The Thai government was told, and the Vietnamese police.',
    'Servers in China, Russia and the United States were used.',
    'The victim is a ministry of Indonesia.',
    'Traffic was traced to Viet Nam.',
    'Super Typhoon Man-yi made landfall; Typhoon Yagi before it. A Polar Bear and a Red Panda.',
    'apt-get install; apt 1.2; the APT was long',
    'Program ini didukung oleh pemerintah.',
    'Dự án được chính phủ tài trợ.',
    'โครงการนี้ได้รับการสนับสนุนจากรัฐบาล',
    'Programang suportado ng gobyerno.',
    'State: closed. The state of the server is unknown.',
    'Customers in Georgia and Jordan, and a bank’s American card scheme',
  ])('nothing: %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});

describe('an author who means to stay unnamed', () => {
  const author = { organisationName: 'ThaiCERT National Centre', country: 'TH', staffNames: ['Somchai Example'] };
  const anonymous = { author };

  it.each([
    ['ThaiCERT saw it first', 'author-name: ThaiCERT'],
    ['ThaiCERT National Centre', 'author-name: ThaiCERT National Centre'],
    ['as Somchai Example says', 'author-staff: Somchai Example'],
    ['banks in Thailand', 'author-country: Thailand'],
    ['ธนาคารในไทย', 'author-country: ไทย'],
    ['các ngân hàng Thái Lan', 'author-country: Thái Lan'],
    ['a Thai bank', 'author-country: Thai'],
  ])('%s', (text, betrayal) => {
    expect(found(text, anonymous)).toEqual([betrayal]);
  });

  it('is told of by no text that is about others', () => {
    expect(found('Banks in Viet Nam and Laos; a CERT; the Thames; thailandish', anonymous)).toEqual([]);
    expect(found('ThaiCERT saw it in Thailand, says Somchai Example')).toEqual([]);
  });

  it('is told of by a language and a currency that few use, and by the one country affected', () => {
    const codes = (fields: Setting['fields']): string[] =>
      findBetrayals([], setting({ author, fields })).map(({ code }) => code);
    expect(codes({ language: 'th', countries: ['TH'], currency: 'THB' })).toEqual([
      'author-language',
      'author-currency',
      'author-country',
    ]);
    expect(codes({ language: 'en', countries: ['ID', 'LA', 'MY', 'TH', 'VN'], currency: 'USD' })).toEqual([]);
  });
});

it('counts offsets in characters, whatever they are made of', () => {
  const [finding] = findBetrayals([{ pointer: '/title', text: '🦊🦊 10.1.2.3' }], setting());
  expect(finding).toMatchObject({ offset: 3, excerpt: '10.1.2.3' });
});

it('takes little time over a long text that looks like everything', () => {
  const text = '1234 5678 9012 3456 7890 a.b.c.d@e 10.0.0.999 attributed to the hackers ::::: '.repeat(1_000);
  // Of the processor, which does not grow with what else runs there.
  const began = process.cpuUsage();
  findBetrayals([{ pointer: '/description', text }], setting());
  expect(process.cpuUsage(began).user / 1e3).toBeLessThan(2_000);
});
