// Names of Go types, which some of the SDK's error texts print.
import type { DescMessage } from '@bufbuild/protobuf'

/** Go packages that are not called `types`, by proto package. */
const packages: Record<string, string> = {
  'cosmos.authz.v1beta1': 'authz',
  'cosmos.base.query.v1beta1': 'query',
  'cosmos.crypto.ed25519': 'ed25519',
  'cosmos.crypto.multisig': 'multisig',
  'cosmos.crypto.secp256k1': 'secp256k1',
  'cosmos.crypto.secp256r1': 'secp256r1',
  'cosmos.feegrant.v1beta1': 'feegrant',
  'cosmos.gov.v1': 'v1',
  'cosmos.gov.v1beta1': 'v1beta1',
  'cosmos.group.v1': 'group',
  'cosmos.nft.v1beta1': 'nft',
  'cosmos.params.v1beta1': 'proposal',
  'cosmos.tx.signing.v1beta1': 'signing',
  'cosmos.tx.v1beta1': 'tx',
}

/** `*types.MsgSend` */
export const goTypeName = (desc: DescMessage): string => {
  let name = desc.name
  for (let outer = desc.parent; outer !== undefined; outer = outer.parent) name = `${outer.name}_${name}`
  return `*${packages[desc.file.proto.package] ?? 'types'}.${name}`
}
