// gRPC server reflection (v1 and v1alpha), so that grpcurl and generated clients need no .proto files: the
// answers are the descriptors from which the server itself was made. Nothing is built before somebody asks.
import {
  create,
  createRegistry,
  type DescFile,
  type DescService,
  fromBinary,
  type Message,
  type Registry,
  toBinary,
} from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'
import type { handleBidiStreamingCall, Server } from '@grpc/grpc-js'
import type { Bytes } from '../../chain/bytes.ts'
import { filesOf, withDependencies } from '../services/files.ts'
import { type ReflectionProtocol, reflectionProtocol } from './reflection-protocol.ts'

const NOT_FOUND = 5
const INVALID_ARGUMENT = 3

const PACKAGES = ['grpc.reflection.v1', 'grpc.reflection.v1alpha']

type Choice = { case: string | undefined; value?: unknown }
type Request = Message & { host: string; messageRequest: Choice }

/** Adds both versions of the reflection service to a server that is not started yet. */
export const addReflection = (server: Server, registry: Registry, services: readonly DescService[]): void => {
  let library: Library | undefined
  const open = () => (library ??= createLibrary(registry, services))
  for (const pkg of PACKAGES) {
    let protocol: ReflectionProtocol | undefined
    const handle: handleBidiStreamingCall<Buffer, Buffer> = (call) => {
      call.on('data', (bytes: Buffer) => {
        try {
          call.write(answerBytes((protocol ??= reflectionProtocol(pkg)), bytes, open))
        } catch (error) {
          const details = error instanceof Error ? error.message : `${error}`
          call.emit('error', { code: INVALID_ARGUMENT, details })
        }
      })
      call.on('end', () => call.end())
    }
    server.addService(
      {
        ServerReflectionInfo: {
          path: `/${pkg}.ServerReflection/ServerReflectionInfo`,
          requestStream: true,
          responseStream: true,
          requestSerialize: same,
          requestDeserialize: same,
          responseSerialize: same,
          responseDeserialize: same,
        },
      },
      { ServerReflectionInfo: handle },
    )
  }
}

const same = (bytes: Buffer): Buffer => bytes

const answerBytes = (
  { request, response }: ReflectionProtocol,
  bytes: Bytes,
  open: () => Library,
): Buffer => {
  const asked = fromBinary(request, bytes) as Request
  const answer = create(response, {
    validHost: asked.host,
    originalRequest: asked,
    messageResponse: answerTo(asked.messageRequest, open()),
  } as never)
  return Buffer.from(toBinary(response, answer))
}

type Library = {
  services: string[]
  fileByName(name: string): DescFile | undefined
  fileOfSymbol(name: string): DescFile | undefined
  fileOfExtension(type: string, number: number): DescFile | undefined
  extensionsOf(type: string): number[] | undefined
}

const createLibrary = (registry: Registry, services: readonly DescService[]): Library => {
  const own = PACKAGES.map((pkg) => reflectionProtocol(pkg).service)
  const files = filesOf(registry, services)
  for (const { file } of own) files.set(file.proto.name, file)
  const symbols = new Map<string, DescFile>()
  for (const file of files.values()) for (const name of symbolsOf(file)) symbols.set(name, file)
  const types = createRegistry(registry, ...files.values())
  return {
    services: [...services, ...own].map(({ typeName }) => typeName).sort(),
    fileByName: (name) => files.get(name),
    fileOfSymbol: (name) => symbols.get(name),
    fileOfExtension(type, number) {
      const message = types.getMessage(type)
      return message && types.getExtensionFor(message, number)?.file
    },
    extensionsOf(type) {
      if (types.getMessage(type) === undefined) return undefined
      const numbers: number[] = []
      for (const found of types)
        if (found.kind === 'extension' && found.extendee.typeName === type) numbers.push(found.number)
      return numbers.sort((a, b) => a - b)
    },
  }
}

/** Full names of what a file declares: types, nested ones too, extensions, services and methods. */
const symbolsOf = (file: DescFile): string[] => {
  const messages = [...file.messages]
  for (const message of messages) messages.push(...message.nestedMessages)
  return [
    ...messages.map(({ typeName }) => typeName),
    ...messages.flatMap(({ nestedEnums }) => nestedEnums.map(({ typeName }) => typeName)),
    ...file.enums.map(({ typeName }) => typeName),
    ...file.extensions.map(({ typeName }) => typeName),
    ...file.services.map(({ typeName }) => typeName),
    ...file.services.flatMap(({ typeName, methods }) => methods.map(({ name }) => `${typeName}.${name}`)),
  ]
}

const failure = (errorCode: number, errorMessage: string): Choice => ({
  case: 'errorResponse',
  value: { errorCode, errorMessage },
})

const answerTo = ({ case: kind, value }: Choice, library: Library): Choice => {
  switch (kind) {
    case 'listServices':
      return {
        case: 'listServicesResponse',
        value: { service: library.services.map((name) => ({ name })) },
      }
    case 'fileByFilename':
      return fileAnswer(library.fileByName(`${value}`), `${value}`)
    case 'fileContainingSymbol':
      return fileAnswer(library.fileOfSymbol(`${value}`), `${value}`)
    case 'fileContainingExtension': {
      const { containingType, extensionNumber } = value as { containingType: string; extensionNumber: number }
      const file = library.fileOfExtension(containingType, extensionNumber)
      return fileAnswer(file, `${containingType} ${extensionNumber}`)
    }
    case 'allExtensionNumbersOfType': {
      const extensionNumber = library.extensionsOf(`${value}`)
      if (extensionNumber === undefined) return failure(NOT_FOUND, `not found: ${value}`)
      return { case: 'allExtensionNumbersResponse', value: { baseTypeName: `${value}`, extensionNumber } }
    }
    default:
      return failure(INVALID_ARGUMENT, `invalid MessageRequest: ${kind}`)
  }
}

const fileAnswer = (file: DescFile | undefined, name: string): Choice => {
  if (file === undefined) return failure(NOT_FOUND, `not found: ${name}`)
  const fileDescriptorProto = withDependencies(file)
    .reverse()
    .map(({ proto }) => toBinary(FileDescriptorProtoSchema, proto))
  return { case: 'fileDescriptorResponse', value: { fileDescriptorProto } }
}
