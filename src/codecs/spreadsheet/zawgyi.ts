import myanmarTools from 'myanmar-tools';

/** Where Google's model is surer than this, the text is Zawgyi; below, an import would rather leave it alone. */
const SURE = 0.95;

const detector = new myanmarTools.ZawgyiDetector();
const converter = new myanmarTools.ZawgyiConverter();

/**
 * The text in Unicode, where it is Burmese in the Zawgyi font's encoding, which uses Unicode's code points in another
 * order: it can be neither searched nor read beside other text. Null for everything else.
 */
export const fromZawgyi = (text: string): string | null =>
  detector.getZawgyiProbability(text) > SURE ? converter.zawgyiToUnicode(text) : null;
