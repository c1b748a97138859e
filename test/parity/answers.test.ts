// Recorded answers of a Go chain, value by value: our chain in the same situation gives the same bytes.
import { beforeAll, describe, expect, test } from '@jest/globals'
import { vectorJson } from '../vectors.ts'
import { type Answer, askAll, expected, type RecordedAnswer } from './answers.ts'
import { openRecording } from './chain.ts'

const recorded = vectorJson<RecordedAnswer[]>('wasmd/answers.json.gz')
const chain = openRecording()

const covered = recorded

let answers: Map<string, Answer>
beforeAll(async () => {
  ;({ answers } = await askAll(chain, covered))
}, 120_000)

describe('recorded answers', () => {
  test.each(covered.map((answer) => [answer.name, answer] as const))('%s', (name, answer) => {
    expect(answers.get(name)).toEqual(expected(chain.app, answer))
  })
})
