declare module 'myanmar-tools' {
  export class ZawgyiDetector {
    /** 0 to 1; -Infinity for a text without Myanmar letters. */
    getZawgyiProbability(text: string): number;
  }
  export class ZawgyiConverter {
    zawgyiToUnicode(text: string): string;
  }
}
