// The short form of a longer test: `npm run test:peers` kills fifty times.
import { test } from '@jest/globals'
import { killAndRestart } from '../kill.ts'

test('8 kills under load lose no committed transaction', () => killAndRestart(8), 120_000)
