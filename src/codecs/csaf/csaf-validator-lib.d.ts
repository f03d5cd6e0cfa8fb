/* eslint-disable @typescript-eslint/consistent-type-imports -- an ambient module imports nothing by a relative path */
// JavaScript with its types in comments.
declare module '@secvisogram/csaf-validator-lib/schemaTests.js' {
  export const csaf_2_0: import('./validate.js').DocumentTest;
}
declare module '@secvisogram/csaf-validator-lib/mandatoryTests.js' {
  export const mandatoryTest_6_1_1: import('./validate.js').DocumentTest;
}
declare module '@secvisogram/csaf-validator-lib/optionalTests.js' {
  export const optionalTest_6_2_1: import('./validate.js').DocumentTest;
}
declare module '@secvisogram/csaf-validator-lib/lib/informativeTests/*' {
  const test: import('./validate.js').DocumentTest;
  export default test;
}
declare module '@secvisogram/csaf-validator-lib/cwe.js' {
  export const weaknesses: readonly { id: string; name: string }[];
}
