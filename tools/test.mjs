// npm test: jest, and as the very last line how many tests passed and failed. Arguments after `--` go to
// jest.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { at, binOf, ensureBuilt, ensureInstalled, isMain, runNode } from './ready.mjs'

/** A suite that could not even start has no failed test, yet it failed. */
const count = (report) => {
  if (!existsSync(report)) return { passed: 0, failed: 1 }
  // `--listTests` and the like run none.
  const {
    numPassedTests = 0,
    numFailedTests = 0,
    numRuntimeErrorTestSuites = 0,
  } = JSON.parse(readFileSync(report, 'utf8'))
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites }
}

/** @returns the exit code */
export const runJest = (args, failedBefore = 0) => {
  const report = at('.cache', `jest-${process.pid}.json`)
  mkdirSync(at('.cache'), { recursive: true })
  // Clients under test (CosmJS) leave timers behind, which must not hold up whoever waits for the result.
  const jest = [binOf('jest'), '--forceExit', '--json', '--outputFile', report, ...args]
  // jest writes to standard error, and two streams do not keep their order when they are read through pipes.
  const status = runNode(jest, { stdio: [0, 1, 1] })
  const { passed, failed } = count(report)
  rmSync(report, { force: true })
  const failures = Math.max(failed, status === 0 ? 0 : 1) + failedBefore
  console.log(`${passed} passed, ${failures} failed`)
  return failures === 0 ? 0 : 1
}

if (isMain(import.meta.url)) {
  ensureInstalled()
  const built = await ensureBuilt()
  if (!built) console.error('The build failed (see above); the tests that need it will fail, too.')
  process.exitCode = runJest(process.argv.slice(2), built ? 0 : 1)
}
