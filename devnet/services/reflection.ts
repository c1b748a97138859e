// What the SDK tells about itself: its interfaces and their implementations, its services, its files, and the
// service names from which command lines build themselves. All of it is read off the registry.
import type { DescService } from '@bufbuild/protobuf'
import { invalidArgument, type QueryRoutes, queries } from '../../chain/module.ts'
import { Query as Autocli } from '../../proto/gen/cosmos/autocli/v1/query_pb.ts'
import * as v1beta1 from '../../proto/gen/cosmos/base/reflection/v1beta1/reflection_pb.ts'
import * as v2alpha1 from '../../proto/gen/cosmos/base/reflection/v2alpha1/reflection_pb.ts'
import * as v1 from '../../proto/gen/cosmos/reflection/v1/reflection_pb.ts'
import type { ChainNode } from '../chain.ts'
import { filesOf } from './files.ts'
import { interfacesOf, MSG } from './interfaces.ts'

export const reflectionQueries = ({ app }: Pick<ChainNode, 'app'>): QueryRoutes[] => {
  let known: ReturnType<typeof interfacesOf> | undefined
  const interfaces = () => (known ??= interfacesOf(app.registry, app.msgServices))
  return [
    queries(v1beta1.ReflectionService, {
      listAllInterfaces: () => ({ interfaceNames: [...interfaces().keys()] }),
      listImplementations(_view, { interfaceName }) {
        if (interfaceName === '') throw invalidArgument('invalid interface name')
        return { implementationMessageNames: [...(interfaces().get(interfaceName) ?? [])] }
      },
    }),
    queries(v2alpha1.ReflectionService, {
      getAuthnDescriptor: () => ({ authn: { signModes: SIGN_MODES } }),
      getChainDescriptor: () => ({ chain: {} }),
      getCodecDescriptor: () => ({ codec: { interfaces: [...interfaces()].map(describeInterface) } }),
      getConfigurationDescriptor: () => ({ config: { bech32AccountAddressPrefix: app.addresses.prefix } }),
      getQueryServicesDescriptor: () => ({
        queries: { queryServices: app.queryServices.map(describeService) },
      }),
      getTxDescriptor: () => ({
        tx: {
          fullname: 'cosmos.tx.v1beta1.Tx',
          msgs: (interfaces().get(MSG) ?? []).map((msgTypeUrl) => ({ msgTypeUrl })),
        },
      }),
    }),
    queries(v1.ReflectionService, {
      fileDescriptors: () => ({
        files: [...filesOf(app.registry, app.queryServices).values()].map(({ proto }) => proto),
      }),
    }),
    queries(Autocli, {
      appOptions: () => ({ moduleOptions: moduleOptions(app.msgServices, app.queryServices) }),
    }),
  ]
}

/** The modes in which transactions may be signed. */
const SIGN_MODES = [
  { name: 'SIGN_MODE_DIRECT', number: 1 },
  { name: 'SIGN_MODE_LEGACY_AMINO_JSON', number: 127 },
]

const describeInterface = ([fullname, typeUrls]: [string, readonly string[]]) => ({
  fullname,
  interfaceImplementers: typeUrls.map((typeUrl) => ({ typeUrl, fullname: typeUrl.slice(1) })),
})

const describeService = ({ typeName, methods }: DescService) => ({
  fullname: typeName,
  methods: methods.map(({ name }) => ({ name, fullQueryPath: `/${typeName}/${name}` })),
})

type ModuleOptions = { tx?: { service: string }; query?: { service: string } }

/** Services by module; the module of `cosmos.bank.v1beta1.Msg` is `bank`. */
const moduleOptions = (msgServices: readonly DescService[], queryServices: readonly DescService[]) => {
  const modules: Record<string, ModuleOptions> = {}
  const add = (kind: 'tx' | 'query', services: readonly DescService[], suffix: string) => {
    for (const { typeName } of services) {
      if (!typeName.endsWith(suffix)) continue
      const name = typeName.split('.').at(-3)!
      modules[name] = { ...modules[name], [kind]: { service: typeName } }
    }
  }
  add('tx', msgServices, '.Msg')
  add('query', queryServices, '.Query')
  return modules
}
