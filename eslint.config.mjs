import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Where time and chance enter the product. Everything else is handed a Clock and a Chance (architecture.md, Determinism). */
const timeAndChance = {
  syntax: [
    {
      selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
      message: 'Ask the injected Clock what time it is.',
    },
    {
      selector: 'CallExpression[callee.object.name="Date"][callee.property.name="now"]',
      message: 'Ask the injected Clock what time it is.',
    },
    { selector: 'CallExpression[callee.name="Date"]', message: 'Ask the injected Clock what time it is.' },
    {
      selector: 'CallExpression[callee.object.name="Math"][callee.property.name="random"]',
      message: 'Ask the injected Chance.',
    },
    {
      // crypto.randomUUID(), globalThis.crypto.getRandomValues(), webcrypto.getRandomValues() …
      selector: 'CallExpression[callee.property.name=/^(random(UUID|Bytes|Int|Fill|FillSync)|getRandomValues)$/]',
      message: 'Ask the injected Chance.',
    },
  ],
  cryptoNames: [
    'randomBytes',
    'randomFill',
    'randomFillSync',
    'randomInt',
    'randomUUID',
    'getRandomValues',
    'webcrypto',
  ],
};

const noChanceFrom = ['node:crypto', 'crypto'].map((name) => ({
  name,
  importNames: timeAndChance.cryptoNames,
  message: 'Ask the injected Chance.',
}));

const noForwardRef = {
  name: '@nestjs/common',
  importNames: ['forwardRef'],
  message: 'A circle between modules: draw the arrow one way (architecture.md, Reject in review 4).',
};

const laxRules = {
  name: 'class-validator',
  importNames: ['IsOptional', 'ValidateNested'],
  message:
    'It lets through what no schema permits, null or a list: MayBeLeftOut, MayBeNull (platform/http/may-be-null.js), Holds, EachHolds (holds.js).',
};

const noSleep = [
  { name: 'setTimeout', message: 'No sleeps in tests: wait for what you mean with until() of test/support/until.ts.' },
  { name: 'setInterval', message: 'No sleeps in tests: wait for what you mean with until() of test/support/until.ts.' },
];

const noTimers = ['node:timers/promises', 'timers/promises', 'node:timers'].map((name) => ({
  name,
  message: 'No sleeps in tests: wait for what you mean with until() of test/support/until.ts.',
}));

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', '.ronda/', '.interop/', 'web/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.{mjs,cjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'AbortController',
          'AbortSignal',
          'Buffer',
          'TextDecoder',
          'TextEncoder',
          'URL',
          'clearInterval',
          'clearTimeout',
          'console',
          'fetch',
          'module',
          'performance',
          'process',
          'queueMicrotask',
          'setImmediate',
          'setInterval',
          'setTimeout',
          'structuredClone',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // In files with decorators this rule stands back by itself: emitDecoratorMetadata needs the values.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/no-non-null-assertion': 'error',
      // What was caught is unknown, and is thrown on.
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
      // Nest's modules are classes without members; a use case may be async to fit a signature.
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/require-await': 'off',
      // `${count} rows` is what templates are for.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-properties': [
        'error',
        { object: 'URL', property: 'canParse', message: 'Refuses what is right in Node 20: use kernel/parse-url.js.' },
      ],
      'no-restricted-imports': ['error', { paths: [noForwardRef] }],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...timeAndChance.syntax],
      'no-restricted-imports': ['error', { paths: [noForwardRef, laxRules, ...noChanceFrom] }],
    },
  },
  {
    // The two doors of time and chance, and what runs before anything can be injected.
    files: [
      'src/kernel/clock.ts',
      'src/kernel/chance.ts',
      'src/*.ts',
      'src/platform/config/**/*.ts',
      'src/platform/embedded-postgres/**/*.ts',
      'src/platform/boot/**/*.ts',
    ],
    rules: {
      'no-console': 'off',
      'no-restricted-syntax': 'off',
      'no-restricted-imports': ['error', { paths: [noForwardRef, laxRules] }],
    },
  },
  {
    files: ['test/**/*.ts', 'src/**/*.spec.ts'],
    rules: {
      'no-restricted-globals': ['error', ...noSleep],
      'no-restricted-imports': ['error', { paths: [noForwardRef, ...noTimers] }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'CallExpression[callee.object.name="Math"][callee.property.name="random"]',
          message: 'A test that cannot be repeated: use SeededChance or fast-check.',
        },
      ],
      // Answers over HTTP are any by nature; the assertion on them is the check.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // Measures real time on a real machine.
    files: ['bench/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
);
