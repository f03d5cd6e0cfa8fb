/** The sectors of NAICS by the names that tabulated VERIS gives them, with the digits that they stand for. */
export const INDUSTRIES: Readonly<Record<string, string>> = {
  Accommodation: '72',
  Administrative: '56',
  Agriculture: '11',
  Construction: '23',
  Educational: '61',
  Entertainment: '71',
  Finance: '52',
  Healthcare: '62',
  Information: '51',
  Management: '55',
  Manufacturing: '31',
  Mining: '21',
  'Other Services': '81',
  Professional: '54',
  Public: '92',
  'Real Estate': '53',
  Retail: '44',
  Trade: '42',
  Transportation: '48',
  Utilities: '22',
  Unknown: '000',
};

/** Ids of a region's sectors by the digits that an industry begins with; the longest that fits decides. */
const SECTOR_OF: Readonly<Record<string, string>> = {
  '11': 'food-and-agriculture',
  '21': 'energy',
  '22': 'energy',
  '2213': 'water',
  '23': 'other',
  '31': 'manufacturing',
  '311': 'food-and-agriculture',
  '312': 'food-and-agriculture',
  '32': 'manufacturing',
  '33': 'manufacturing',
  '3254': 'health',
  '42': 'retail',
  '44': 'retail',
  '45': 'retail',
  '48': 'transport',
  '483': 'maritime',
  '4883': 'maritime',
  '49': 'transport',
  '51': 'digital-infrastructure',
  '511': 'media',
  '512': 'media',
  '515': 'media',
  '516': 'media',
  '517': 'telecommunications',
  '5191': 'media',
  '52': 'finance',
  '53': 'other',
  '54': 'other',
  '5417': 'education',
  '55': 'other',
  '56': 'other',
  '561510': 'tourism',
  '61': 'education',
  '62': 'health',
  '71': 'tourism',
  '72': 'tourism',
  '81': 'other',
  '813': 'civil-society',
  '814': 'general-public',
  '92': 'government',
  '922160': 'emergency-services',
  '928110': 'defence',
};

/** The sector that an industry belongs to, by its digits (a range counts by its beginning) or its name; null for none. */
export function sectorOf(industry: string): string | null {
  const digits = INDUSTRIES[industry] ?? industry.split('-', 1)[0] ?? '';
  for (let length = digits.length; length >= 2; length--) {
    const sector = SECTOR_OF[digits.slice(0, length)];
    if (sector !== undefined) return sector;
  }
  return null;
}
