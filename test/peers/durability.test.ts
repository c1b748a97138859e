// Needs no peer, only time.
import { test } from '@jest/globals'
import { killAndRestart } from '../kill.ts'

test('50 kills under load lose no committed transaction', () => killAndRestart(50), 400_000)
