// What anyone may ask of staking (SDK x/staking/keeper/grpc_query.go).
import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf'
import { type Bytes, concatBytes } from '../../chain/bytes.ts'
import {
  coinTo,
  decFromWire,
  decTruncateInt,
  GrpcError,
  internal,
  invalidArgument,
  notFound,
  type Page,
  paginateFiltered,
  paginateRaw,
  type QueryRoutes,
  queries,
  TxError,
  type View,
} from '../../chain/module.ts'
import type { PageRequest } from '../../proto/gen/cosmos/base/query/v1beta1/pagination_pb.ts'
import { Query, type QueryRedelegationsRequest } from '../../proto/gen/cosmos/staking/v1beta1/query_pb.ts'
import {
  BondStatus,
  type Delegation,
  DelegationSchema,
  HistoricalInfoSchema,
  type Redelegation,
  RedelegationSchema,
  UnbondingDelegationSchema,
  ValidatorSchema,
} from '../../proto/gen/cosmos/staking/v1beta1/staking_pb.ts'
import { bondedPool, notBondedPool } from './core.ts'
import { err } from './errors.ts'
import type { StakingKeeper } from './keeper.ts'
import { paramsTo } from './params.ts'
import { NAME, redelegationKey, unbondingKey, validatorKey } from './state.ts'
import { tokensFromShares } from './validator.ts'

const STATUSES: Record<string, BondStatus> = {
  BOND_STATUS_BONDED: BondStatus.BONDED,
  BOND_STATUS_UNBONDING: BondStatus.UNBONDING,
  BOND_STATUS_UNBONDED: BondStatus.UNBONDED,
}

/** Whatever goes wrong inside is an internal error. */
const internally = <T>(body: () => T): T => {
  try {
    return body()
  } catch (error) {
    if (error instanceof GrpcError) throw internal(error.text)
    if (error instanceof TxError) throw internal(error.message)
    throw error
  }
}

const expectDelegator = (text: string): void => {
  if (text === '') throw invalidArgument('delegator address cannot be empty')
}
const expectValidator = (text: string): void => {
  if (text === '') throw invalidArgument('validator address cannot be empty')
}

/** A length-prefixed address below a prefix, as it stands in keys. */
const below = (prefix: number, address: Bytes): Bytes =>
  concatBytes(new Uint8Array([prefix, address.length]), address)
/** The address at the start of a key that has its length in front. */
const firstAddress = (key: Bytes): Bytes => key.subarray(1, 1 + key[0]!)

export const stakingQueries = (keeper: StakingKeeper): QueryRoutes => {
  const { core, register } = keeper.pages
  const { state, addresses, bank } = core
  const account = addresses.bytes
  const operator = addresses.validator.bytes

  const record = <S extends DescMessage>(view: View, schema: S, key: Bytes): MessageShape<S> | undefined => {
    const bytes = view.store(NAME).get(key)
    return bytes === undefined ? undefined : fromBinary(schema, bytes)
  }
  const requireValidator = (view: View, address: Bytes) => {
    const found = record(view, ValidatorSchema, validatorKey(address))
    if (found === undefined) throw err.noValidatorFound()
    return found
  }
  /** Records themselves below a prefix. */
  const pageOf = <T>(
    view: View,
    prefix: Bytes,
    request: PageRequest | undefined,
    read: (value: Bytes, key: Bytes) => T,
  ): Page<T> => internally(() => paginateRaw(view, NAME, prefix, request, (key, value) => read(value, key)))

  const delegationResponse = (view: View, delegation: Delegation) => {
    const validator = register.requireValidator(view, operator(delegation.validatorAddress))
    const shares = decFromWire(delegation.shares)
    const amount = decTruncateInt(tokensFromShares(validator, shares))
    return { delegation, balance: coinTo({ denom: keeper.bondDenom(view), amount }) }
  }
  const delegationOf = (view: View, delegator: Bytes, address: Bytes): Delegation | undefined => {
    const bytes = view
      .store(NAME)
      .get(concatBytes(below(0x31, delegator), new Uint8Array([address.length]), address))
    return bytes === undefined ? undefined : fromBinary(DelegationSchema, bytes)
  }

  const redelegationResponse = (view: View, redelegation: Redelegation) => {
    const { delegatorAddress, validatorSrcAddress, validatorDstAddress, entries } = redelegation
    const target = register.requireValidator(view, operator(validatorDstAddress))
    return {
      redelegation: { delegatorAddress, validatorSrcAddress, validatorDstAddress },
      entries: entries.map((entry) => ({
        // As Go puts the entry together anew, a hold does not show.
        redelegationEntry: { ...entry, unbondingOnHoldRefCount: 0n },
        balance: `${decTruncateInt(tokensFromShares(target, decFromWire(entry.sharesDst)))}`,
      })),
    }
  }
  type Redelegations = { items: Redelegation[]; pagination?: Page<never>['pagination'] }
  const findRedelegations = (view: View, request: QueryRedelegationsRequest): Redelegations => {
    const { delegatorAddr, srcValidatorAddr, dstValidatorAddr, pagination } = request
    if (delegatorAddr !== '' && srcValidatorAddr !== '' && dstValidatorAddr !== '') {
      const key = redelegationKey(
        account(delegatorAddr),
        operator(srcValidatorAddr),
        operator(dstValidatorAddr),
      )
      const found = record(view, RedelegationSchema, key)
      if (found === undefined)
        throw notFound(
          `redelegation not found for delegator address ${delegatorAddr} ` +
            `from validator address ${srcValidatorAddr}`,
        )
      return { items: [found] }
    }
    if (delegatorAddr === '' && srcValidatorAddr !== '' && dstValidatorAddr === '') {
      const source = operator(srcValidatorAddr)
      return paginateRaw(view, NAME, below(0x35, source), pagination, (key) => {
        const delegator = firstAddress(key)
        const target = firstAddress(key.subarray(1 + delegator.length))
        return record(view, RedelegationSchema, redelegationKey(delegator, source, target))!
      })
    }
    const prefix = below(0x34, account(delegatorAddr))
    return paginateRaw(view, NAME, prefix, pagination, (_, value) => fromBinary(RedelegationSchema, value))
  }

  return queries(Query, {
    validators(view, { status, pagination: request }) {
      const wanted = STATUSES[status]
      if (status !== '' && wanted === undefined) throw invalidArgument(`invalid validator status ${status}`)
      const { items, pagination } = internally(() =>
        paginateFiltered(view, NAME, state.validators.prefix, request, ([, bytes]) => {
          const validator = fromBinary(ValidatorSchema, bytes)
          return status === '' || validator.status === wanted ? validator : undefined
        }),
      )
      return { validators: items, pagination }
    },
    validator(view, { validatorAddr }) {
      expectValidator(validatorAddr)
      const validator = record(view, ValidatorSchema, validatorKey(operator(validatorAddr)))
      if (validator === undefined) throw notFound(`validator ${validatorAddr} not found`)
      return { validator }
    },
    validatorDelegations(view, { validatorAddr, pagination: request }) {
      expectValidator(validatorAddr)
      const address = operator(validatorAddr)
      const { items, pagination } = pageOf(
        view,
        below(0x71, address),
        request,
        (_, delegator) => delegationOf(view, delegator, address)!,
      )
      const delegationResponses = internally(() => items.map((item) => delegationResponse(view, item)))
      return { delegationResponses, pagination }
    },
    validatorUnbondingDelegations(view, { validatorAddr, pagination: request }) {
      expectValidator(validatorAddr)
      const address = operator(validatorAddr)
      const { items, pagination } = pageOf(
        view,
        below(0x33, address),
        request,
        (_, key) => record(view, UnbondingDelegationSchema, unbondingKey(firstAddress(key), address))!,
      )
      return { unbondingResponses: items, pagination }
    },
    delegation(view, { delegatorAddr, validatorAddr }) {
      expectDelegator(delegatorAddr)
      expectValidator(validatorAddr)
      const found = delegationOf(view, account(delegatorAddr), operator(validatorAddr))
      if (found === undefined)
        throw notFound(`delegation with delegator ${delegatorAddr} not found for validator ${validatorAddr}`)
      return { delegationResponse: internally(() => delegationResponse(view, found)) }
    },
    unbondingDelegation(view, { delegatorAddr, validatorAddr }) {
      expectDelegator(delegatorAddr)
      expectValidator(validatorAddr)
      const key = unbondingKey(account(delegatorAddr), operator(validatorAddr))
      const unbond = record(view, UnbondingDelegationSchema, key)
      if (unbond === undefined)
        throw notFound(
          `unbonding delegation with delegator ${delegatorAddr} not found for validator ${validatorAddr}`,
        )
      return { unbond }
    },
    delegatorDelegations(view, { delegatorAddr, pagination: request }) {
      expectDelegator(delegatorAddr)
      const { items, pagination } = pageOf(view, below(0x31, account(delegatorAddr)), request, (value) =>
        fromBinary(DelegationSchema, value),
      )
      const delegationResponses = internally(() => items.map((item) => delegationResponse(view, item)))
      return { delegationResponses, pagination }
    },
    delegatorUnbondingDelegations(view, { delegatorAddr, pagination: request }) {
      expectDelegator(delegatorAddr)
      const { items, pagination } = pageOf(view, below(0x32, account(delegatorAddr)), request, (value) =>
        fromBinary(UnbondingDelegationSchema, value),
      )
      return { unbondingResponses: items, pagination }
    },
    redelegations(view, request) {
      const { items, pagination } = internally(() => findRedelegations(view, request))
      const redelegationResponses = internally(() => items.map((item) => redelegationResponse(view, item)))
      return pagination === undefined ? { redelegationResponses } : { redelegationResponses, pagination }
    },
    delegatorValidators(view, { delegatorAddr, pagination: request }) {
      expectDelegator(delegatorAddr)
      const { items, pagination } = pageOf(view, below(0x31, account(delegatorAddr)), request, (value) =>
        requireValidator(view, operator(fromBinary(DelegationSchema, value).validatorAddress)),
      )
      return { validators: items, pagination }
    },
    delegatorValidator(view, { delegatorAddr, validatorAddr }) {
      expectDelegator(delegatorAddr)
      expectValidator(validatorAddr)
      const [delegator, address] = [account(delegatorAddr), operator(validatorAddr)]
      const validator = internally(() => {
        if (delegationOf(view, delegator, address) === undefined) throw err.noDelegation()
        return requireValidator(view, address)
      })
      return { validator }
    },
    historicalInfo(view, { height }) {
      if (height < 0n) throw invalidArgument('height cannot be negative')
      const bytes = state.history.get(view, height)
      if (bytes === undefined) throw notFound(`historical info for height ${height} not found`)
      return { hist: fromBinary(HistoricalInfoSchema, bytes) }
    },
    pool(view) {
      const denom = keeper.bondDenom(view)
      return {
        pool: {
          notBondedTokens: `${bank.balance(view, notBondedPool, denom)}`,
          bondedTokens: `${bank.balance(view, bondedPool, denom)}`,
        },
      }
    },
    params: (view) => ({ params: paramsTo(keeper.params(view)) }),
  })
}
