declare module 'myanmar-tools' {
  interface ZawgyiDetector {
    /** 0 to 1; -Infinity for a text without Myanmar letters. */
    getZawgyiProbability(text: string): number;
  }
  interface ZawgyiConverter {
    zawgyiToUnicode(text: string): string;
  }
  // CommonJS, whose names Node does not find.
  const tools: { ZawgyiDetector: new () => ZawgyiDetector; ZawgyiConverter: new () => ZawgyiConverter };
  export default tools;
}
