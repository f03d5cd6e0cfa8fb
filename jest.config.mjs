// Nest 12 and a few of its dependencies are ESM only; tests run as CommonJS through swc, so these are transformed too.
const esmOnly = [
  '@nestjs/[^/]+',
  'file-type',
  'strtok3',
  'token-types',
  '@tokenizer/[^/]+',
  'uint8array-extras',
  '@borewit/[^/]+',
  'cookie',
  '@noble/[^/]+',
  '@zxcvbn-ts/[^/]+',
  'otpauth',
  'pg-boss',
  'serialize-error',
  'non-error',
  'content-disposition',
  '@secvisogram/csaf-validator-lib',
];
const swc = (isTypeScript) => [
  '@swc/jest',
  {
    swcrc: false,
    sourceMaps: 'inline',
    jsc: {
      target: 'es2023',
      keepClassNames: true,
      parser: isTypeScript ? { syntax: 'typescript', decorators: true } : { syntax: 'ecmascript' },
      transform: isTypeScript ? { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false } : {},
    },
    module: { type: 'commonjs' },
  },
];

export default {
  testEnvironment: '<rootDir>/test/support/leak-environment.mjs',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': swc(true), '^.+\\.m?js$': swc(false) },
  transformIgnorePatterns: [`/node_modules/(?!.*/node_modules/)(?!(?:${esmOnly.join('|')})/)`],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  testTimeout: 180_000,
  testSequencer: '<rootDir>/test/support/longest-first.cjs',
  maxWorkers: 2,
};
