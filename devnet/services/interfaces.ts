// Which messages may stand in an Any of which interface: the SDK's interface registry, read off the
// annotations of the messages. A few types of the Go stack are registered without an annotation and stand
// here by name.
import { type DescService, getOption, hasOption, type Registry } from '@bufbuild/protobuf'
import { implements_interface } from '../../proto/gen/cosmos_proto/cosmos_pb.ts'

const vesting = (name: string) => `cosmos.vesting.v1beta1.${name}`

const UNANNOTATED: Record<string, string[]> = {
  'cosmos.auth.v1beta1.AccountI': [
    'cosmos.auth.v1beta1.ModuleAccount',
    ...['BaseVestingAccount', 'ContinuousVestingAccount', 'DelayedVestingAccount'].map(vesting),
    ...['PeriodicVestingAccount', 'PermanentLockedAccount'].map(vesting),
  ],
  'cosmos.crypto.PubKey': [
    'cosmos.crypto.ed25519.PubKey',
    'cosmos.crypto.multisig.LegacyAminoPubKey',
    'cosmos.crypto.secp256k1.PubKey',
    'cosmos.crypto.secp256r1.PubKey',
  ],
  'cosmos.evidence.v1beta1.Evidence': ['cosmos.evidence.v1beta1.Equivocation'],
  'cosmos.tx.v1beta1.Tx': ['cosmos.tx.v1beta1.Tx'],
  'ibc.core.client.v1.ClientState': ['ibc.lightclients.tendermint.v1.ClientState'],
  'ibc.core.client.v1.ConsensusState': ['ibc.lightclients.tendermint.v1.ConsensusState'],
  'ibc.core.client.v1.ClientMessage': [
    'ibc.lightclients.tendermint.v1.Header',
    'ibc.lightclients.tendermint.v1.Misbehaviour',
  ],
}

/** Type URLs by interface, both sorted. */
export type Interfaces = ReadonlyMap<string, readonly string[]>

export const MSG = 'cosmos.base.v1beta1.Msg'
const MSG_RESPONSE = 'cosmos.tx.v1beta1.MsgResponse'

export const interfacesOf = (registry: Registry, msgServices: readonly DescService[]): Interfaces => {
  const found = new Map<string, Set<string>>()
  const add = (name: string, typeName: string) => {
    const types = found.get(name) ?? new Set()
    found.set(name, types.add(`/${typeName}`))
  }
  for (const type of registry)
    if (type.kind === 'message' && hasOption(type, implements_interface))
      for (const name of getOption(type, implements_interface)) add(name, type.typeName)
  for (const [name, typeNames] of Object.entries(UNANNOTATED))
    for (const typeName of typeNames) if (registry.getMessage(typeName) !== undefined) add(name, typeName)
  for (const { input, output } of msgServices.flatMap(({ methods }) => methods)) {
    add(MSG, input.typeName)
    add(MSG_RESPONSE, output.typeName)
  }
  return new Map([...found.keys()].sort().map((name) => [name, [...found.get(name)!].sort()]))
}
