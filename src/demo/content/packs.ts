import type { LanguagePack } from './storyline.js';
import { ENGLISH } from './texts/en.js';
import { FILIPINO } from './texts/fil.js';
import { INDONESIAN } from './texts/id.js';
import { KHMER } from './texts/km.js';
import { LAO } from './texts/lo.js';
import { MALAY } from './texts/ms.js';
import { BURMESE } from './texts/my.js';
import { PORTUGUESE } from './texts/pt.js';
import { THAI } from './texts/th.js';
import { VIETNAMESE } from './texts/vi.js';

export { ENGLISH };

/** Every language the demo speaks, English first. */
export const PACKS: readonly LanguagePack[] = [
  ENGLISH,
  MALAY,
  INDONESIAN,
  FILIPINO,
  THAI,
  LAO,
  KHMER,
  BURMESE,
  VIETNAMESE,
  PORTUGUESE,
];
