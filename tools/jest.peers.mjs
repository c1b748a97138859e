// How jest runs test/peers: one file at a time, since the programs on the other side are measured and waited
// for.
import config from '../jest.config.mjs'

export default {
  ...config,
  testMatch: ['<rootDir>/test/peers/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/dist/'],
  testTimeout: 600_000,
  maxWorkers: 1,
}
