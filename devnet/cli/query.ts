// `tendril query`: asks any module of any chain, by the descriptors of its Query service.
import type { DescMessage, Message } from '@bufbuild/protobuf'
import { JsonError, toJson, toJsonText } from '../../chain/runtime/json.ts'
import { OptionError } from '../options.ts'
import { chainCatalog } from './calls/catalog.ts'
import { type Call, type Print, resolveCall, toStdout, wholeFlag } from './calls/command.ts'
import { openKeyRing, prefixOf } from './calls/keys.ts'
import { draftOf, indicesOf, requestOf } from './calls/request.ts'
import { USUAL_NODE } from './calls/rpc.ts'
import { yamlText } from './calls/yaml.ts'
import type { Flag } from './flags.ts'

const FLAGS: Flag[] = [
  { name: 'node', value: 'URL', help: `CometBFT RPC of the chain (${USUAL_NODE})` },
  { name: 'height', value: 'H', help: 'the state after block H (the latest one)' },
  { name: 'json', help: 'one line of JSON, as the SDK prints it (YAML otherwise)' },
  {
    name: 'mnemonic',
    value: 'WORDS',
    help: 'the words that indices of accounts mean (the development mnemonic)',
  },
  { name: 'help', help: 'this page' },
]

/** Prints the answer; resolves to the process's exit code. Throws OptionError for what a user can mend. */
export const query = async (args: readonly string[], print: Print = toStdout): Promise<number> => {
  const call = await resolveCall('query', FLAGS, args, print)
  if (call === undefined) return 0
  const { method, rpc, words } = call
  const height = wholeFlag(words, 'height')
  const draft = draftOf(method, 'query', words)
  const indices = indicesOf(draft)
  const keys = openKeyRing(indices.length === 0 ? '' : await prefixOf(rpc), words.flags.get('mnemonic'))
  await keys.ready(indices)
  const request = requestOf(draft, call.registry, keys)
  const answer = await rpc.query(method, request, height === undefined ? undefined : Number(height))
  print(await answerText(call, method.output, answer))
  return 0
}

/** A type in an Any that we do not know is looked up at the chain. */
const answerText = async (
  { rpc, registry, words }: Call,
  schema: DescMessage,
  answer: Message,
): Promise<string> => {
  const isJson = words.flags.has('json')
  const textBy = (types: typeof registry) =>
    isJson ? `${toJsonText(schema, answer, types)}\n` : yamlText(toJson(schema, answer, types))
  try {
    return textBy(registry)
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
  }
  try {
    return textBy((await chainCatalog(rpc)).registry)
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    throw new OptionError(`the answer cannot be printed: ${error.message}`)
  }
}
