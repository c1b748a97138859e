// The genesis document: what a chain starts from.
import type { JsonValue } from '@bufbuild/protobuf'
import type { ConsensusParams } from '../../proto/gen/tendermint/types/params_pb.ts'
import type { PublicKey } from '../abci/application.ts'
import type { Bytes } from '../bytes.ts'

export type GenesisValidator = { address: Bytes; pubKey: PublicKey; power: bigint; name: string }

/** CometBFT's GenesisDoc, complete: defaults are filled in. */
export type GenesisDoc = {
  timeNs: bigint
  chainId: string
  initialHeight: number
  consensusParams: ConsensusParams
  validators: GenesisValidator[]
  appHash: Bytes
  /** The modules' genesis states by name. */
  appState: JsonValue
}

/**
 * Reads the text of a genesis file, CometBFT's GenesisDoc or the SDK's AppGenesis. `defaultTimeNs` stands in for a
 * missing genesis_time. Throws an Error that names the field.
 */
export declare const parseGenesis: (text: string, defaultTimeNs?: bigint) => GenesisDoc
/** The `genesis` object of CometBFT's `/genesis`. */
export declare const genesisJson: (doc: GenesisDoc) => JsonValue
