// How jest runs our tests: TypeScript and ESM-only packages become CommonJS through swc (an order of
// magnitude faster than ts-jest, which is why types are checked by `npm run check` and not here).

/** Packages that ship ES modules only; everything else in node_modules is left as it is. */
const esmOnly = ['@noble', '@scure', '@bitauth', 'readonly-date-esm']

const swc = {
  swcrc: false,
  sourceMaps: 'inline',
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  module: { type: 'commonjs' },
}

export default {
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/dist/', '<rootDir>/test/peers/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.cache/'],
  testEnvironment: 'node',
  testTimeout: 30_000,
  maxWorkers: 2,
  cacheDirectory: '<rootDir>/.cache/jest',
  // libauth's index instantiates every algorithm in a top-level await, which CommonJS cannot do (and
  // which costs start-up time); its secp256k1 is all that we use.
  moduleNameMapper: { '^@bitauth/libauth$': '@bitauth/libauth/build/lib/crypto/secp256k1.js' },
  transform: { '\\.(ts|mjs|js)$': ['@swc/jest', swc] },
  transformIgnorePatterns: [`/node_modules/(?!(?:.*/node_modules/)?(?:${esmOnly.join('|')})/)`],
}
