// The drills of docs/recipes, as a user types them: each page is run, and must print what it says.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { missingIn, playRecipe } from './recipes.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tendril-drills-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const drills = ['downtime', 'double-sign', 'parameter-change', 'community-pool-spend', 'software-upgrade']

test.each(drills)('%s', async (name) => {
  const steps = await playRecipe(name, folder)
  expect(steps.some(({ expected }) => expected.length > 0)).toBe(true)
  for (const step of steps) {
    const missing = missingIn(step)
    if (missing.length > 0)
      throw new Error(`${step.code}\nprinted\n${step.printed}\nand not\n${missing.join('\n')}`)
    if (step.expected.length === 0) expect(step.printed).not.toMatch(/^(Uncaught|tendril:)/)
  }
})

test('every recipe is a drill that runs', () => {
  const pages = readdirSync(join(__dirname, '../../docs/recipes')).filter((name) => name !== 'README.md')
  expect(pages.sort()).toEqual(drills.map((name) => `${name}.md`).sort())
})
