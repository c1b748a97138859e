// Every invariant holds after every block of a storm, and a storm follows from its seed. STORM_BLOCKS makes
// it longer, STORM_SEED is another one.
import { expect, test } from '@jest/globals'
import { toHex } from '../../chain/bytes.ts'
import { type Storm, startAgain, storm } from './storm.ts'

const BLOCKS = Number(process.env.STORM_BLOCKS ?? 300)
const SEED = process.env.STORM_SEED ?? 'tendril'
/** Blocks of the storm that is played twice. */
const TWICE = 60

/** A failure says how it is seen again. */
const told = <T>(seed: string, blocks: number, play: () => T): T => {
  try {
    return play()
  } catch (error) {
    const command = `STORM_SEED=${seed} STORM_BLOCKS=${blocks} npx jest test/devnet/storm`
    throw new Error(`${(error as Error).message}\nTo see it again: ${command}`, { cause: error })
  }
}
const hashOf = ({ engine }: Storm, height: number) => toHex(engine.blocks.results(height)!.appHash)

let first: Storm

test(
  `storm ${SEED}: all invariants hold after each of ${BLOCKS} blocks, and after a new start from the export`,
  () => {
    told(SEED, BLOCKS, () => {
      first = storm(SEED, BLOCKS)
      startAgain(first)
    })
    const modules = ['bank', 'staking', 'distribution', 'gov', 'authz', 'feegrant', 'group', 'vesting']
    for (const module of modules) expect(first.tally.get(module)?.passed ?? 0).toBeGreaterThan(0)
    const { passed, failed } = first.tally.get('in blocks')!
    expect(passed).toBeGreaterThan(BLOCKS / 3)
    expect(failed).toBeGreaterThan(0)
    expect(first.slashes).toBeGreaterThan(0)
  },
  BLOCKS * 1000,
)

test('the same seed gives the same app hash at every height, another seed another', () => {
  const blocks = Math.min(TWICE, BLOCKS)
  const again = storm(SEED, blocks)
  for (let height = 1; height <= blocks; height++) expect(hashOf(again, height)).toBe(hashOf(first, height))
  expect(hashOf(storm(`${SEED}/other`, 5), 5)).not.toBe(hashOf(first, 5))
}, 60_000)

test('a failing storm prints the command that plays it again', () => {
  const fail = () => {
    throw new Error('after block 3 these do not hold: bank/supply')
  }
  expect(() => told('x', 9, fail)).toThrow('STORM_SEED=x STORM_BLOCKS=9 npx jest test/devnet/storm')
})
