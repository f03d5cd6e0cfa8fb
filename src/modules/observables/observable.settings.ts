import type { Region } from '../../kernel/region.js';
import { WARNING_LISTS } from './core/index.js';
import type { WarningList } from './core/index.js';

/** A value in more records than this says nothing, where the region file does not say otherwise. */
const NOISY_ABOVE = 25;

export const noisyAbove = (region: Region): number => region.observables?.noisyAbove ?? NOISY_ABOVE;

/** The lists that warn: all but those that the region file switches off. */
export const warningLists = (region: Region): readonly WarningList[] =>
  WARNING_LISTS.filter((list) => !(region.observables?.warningsOff ?? []).includes(list));
