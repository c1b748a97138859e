// A block as the events that CometBFT publishes while it decides, executes and commits it, in its order
// (consensus/state.go, state/execution.go fireEvents). A devnet decides every block in one round, so there is
// no timeout, no unlocking and no second lock; its validators sign no prevotes, so of votes only precommits
// are told.
import type { Event, ExecTxResult } from '../../chain/abci/application.ts'
import type { Bytes } from '../../chain/bytes.ts'
import type { BlockStore, ProducedBlock } from '../../chain/consensus/engine.ts'
import { upperHex } from '../../chain/consensus/errors.ts'
import { keyAddress } from '../../chain/consensus/validator.ts'
import { findValidator } from '../../chain/consensus/valset.ts'
import { type BusEvent, once } from './bus.ts'
import { precommits } from './consensus.ts'
import { blockIdText, blockText, evidenceText, headerText, publicKeyText, voteText } from './json/block.ts'
import { blockEventsOrNull, finalizeBlockText, plainResultText } from './json/results.ts'
import { base64, hex, integer, list, object, quote } from './json/text.ts'
import { EVENT_KEY, type Tags } from './query/matcher.ts'

const tagsText = (tags: Tags): string => {
  let text = ''
  for (const [key, values] of tags) text += `${text === '' ? '' : ','}${quote(key)}:${list(values, quote)}`
  return `{${text}}`
}

/** All attributes with a type and a key, indexed or not, and the kind of event. */
const tagsOf = (
  kind: string,
  events: readonly Event[],
  more: readonly (readonly [string, string])[],
): Tags => {
  const tags = new Map<string, string[]>()
  const add = (key: string, value: string) => {
    const values = tags.get(key)
    if (values) values.push(value)
    else tags.set(key, [value])
  }
  for (const { type, attributes } of events) {
    if (type === '') continue
    for (const { key, value } of attributes) if (key !== '') add(`${type}.${key}`, value)
  }
  add(EVENT_KEY, kind)
  for (const [key, value] of more) add(key, value)
  return tags
}

/** `type` is the name under which CometBFT registers the content; most events are called like theirs. */
const event = (
  kind: string,
  value: () => string,
  { type = kind, events = [], more = [] }: Partial<Content> = {},
): BusEvent => {
  const tags = once(() => tagsOf(kind, events, more))
  return {
    kind,
    tags,
    data: once(() => `{"type":"tendermint/event/${type}","value":${value()}}`),
    tagsText: once(() => tagsText(tags())),
  }
}
type Content = {
  type: string
  events: readonly Event[]
  more: readonly (readonly [string, string])[]
}

type Step = 'NewHeight' | 'NewRound' | 'Propose' | 'Prevote' | 'Precommit' | 'Commit'
const stepText = (height: number, round: number, step: Step, more: Record<string, string> = {}): string =>
  object({ height: integer(height), round: `${round}`, step: `"RoundStep${step}"`, ...more })

const txEvent = (height: number, index: number, tx: Bytes, hash: Bytes, result: ExecTxResult): BusEvent =>
  event(
    'Tx',
    () => {
      const content = object({
        height: integer(height),
        index: index === 0 ? undefined : `${index}`,
        tx: base64(tx),
        result: plainResultText(result),
      })
      return `{"TxResult":${content}}`
    },
    {
      events: result.events,
      more: [
        ['tx.hash', upperHex(hash)],
        ['tx.height', `${height}`],
      ],
    },
  )

const updatesText = ({ results }: ProducedBlock): string =>
  list(
    results.validatorUpdates,
    ({ pubKey, power }) =>
      `{"address":${hex(keyAddress(pubKey))},"pub_key":${publicKeyText(pubKey)},` +
      `"voting_power":${integer(power)},"proposer_priority":"0"}`,
  )

/** What `fireEvents` publishes once the block is committed. */
function* committed(produced: ProducedBlock): Generator<BusEvent> {
  const { block, blockId, results, txHashes } = produced
  const { height, events } = results
  const txs = block.data?.txs ?? []
  yield event(
    'NewBlock',
    () =>
      `{"block":${blockText(block)},"block_id":${blockIdText(blockId)},` +
      `"result_finalize_block":${finalizeBlockText(results)}}`,
    { events },
  )
  yield event('NewBlockHeader', () => `{"header":${headerText(block.header!)}}`)
  yield event(
    'NewBlockEvents',
    () =>
      `{"height":${integer(height)},"events":${blockEventsOrNull(events)},"num_txs":${integer(txs.length)}}`,
    { events },
  )
  for (const evidence of block.evidence?.evidence ?? [])
    yield event('NewEvidence', () => `{"height":${integer(height)},"evidence":${evidenceText(evidence)}}`)
  for (let index = 0; index < txs.length; index++)
    yield txEvent(height, index, txs[index]!, txHashes[index]!, results.txResults[index]!)
  if (results.validatorUpdates.length > 0)
    yield event('ValidatorSetUpdates', () => `{"validator_updates":${updatesText(produced)}}`)
}

/** All events of a block, made as they are asked for. */
export function* blockEvents(produced: ProducedBlock, blocks: BlockStore): Generator<BusEvent> {
  const { height } = produced.results
  const commit = blocks.commit(height)
  const round = commit?.round ?? 0
  const at = (step: Step, more?: Record<string, string>) => () => stepText(height, round, step, more)
  const roundState = { type: 'RoundState' }
  yield event('NewRound', () => {
    const address = produced.block.header!.proposerAddress
    const set = blocks.validators(height)
    const index = (set && findValidator(set, address)?.index) ?? -1
    return at('NewRound', { proposer: `{"address":${hex(address)},"index":${index}}` })()
  })
  yield event('NewRoundStep', at('Propose'), roundState)
  yield event('CompleteProposal', at('Propose', { block_id: blockIdText(produced.blockId) }))
  yield event('NewRoundStep', at('Prevote'), roundState)
  yield event('Polka', at('Prevote'), roundState)
  yield event('Lock', at('Prevote'), roundState)
  yield event('NewRoundStep', at('Precommit'), roundState)
  for (const vote of precommits(commit)) yield event('Vote', () => `{"Vote":${voteText(vote)}}`)
  yield event('NewRoundStep', at('Commit'), roundState)
  yield* committed(produced)
  yield event('NewRoundStep', () => stepText(height + 1, 0, 'NewHeight'), roundState)
}
