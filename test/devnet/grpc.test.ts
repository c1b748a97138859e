import { create, createFileRegistry, fromBinary, type Registry, toBinary } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bytes } from '../../chain/bytes.ts'
import { GrpcError, invalidArgument, sdk } from '../../chain/module.ts'
import { createGateway } from '../../devnet/gateway.ts'
import { reflectionProtocol } from '../../devnet/grpc/reflection-protocol.ts'
import { type GrpcServer, serveGrpc } from '../../devnet/grpc.ts'
import { goRegistry, servicesOf } from '../descriptors.ts'

const registry = goRegistry()
const queryServices = servicesOf(registry).filter(({ typeName }) => /\.(Query|Service)$/.test(typeName))

let reply: (data: Bytes, height: bigint | undefined) => Bytes = () => new Uint8Array()
let server: GrpcServer
let client: Client
const bugs: unknown[] = []

beforeAll(async () => {
  const gateway = createGateway({
    app: {
      registry,
      queryServices,
      msgServices: [],
      serve: (_path, data, height) => ({ value: reply(data, height), height: height || 373n }),
    },
    asyncMethods: new Map(),
    height: () => 373n,
    settled: () => undefined,
    bug: (error) => bugs.push(error),
  })
  server = await serveGrpc(gateway, '127.0.0.1', 0)
  client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
  })
})
afterAll(async () => {
  client.close()
  await server.close()
})

const same = (bytes: Bytes): Buffer => Buffer.from(bytes)

type Answer = { value?: Buffer; error?: ServiceError; height: string | undefined }
const call = (path: string, data: Bytes, height?: string): Promise<Answer> =>
  new Promise((resolve) => {
    const metadata = new Metadata()
    if (height !== undefined) metadata.set('x-cosmos-block-height', height)
    let answered: string | undefined
    client
      .makeUnaryRequest(path, same, same, data, metadata, (error, value) => {
        resolve({ ...(error ? { error } : { value: value! }), height: answered })
      })
      .on('metadata', (headers) => {
        answered = headers.get('x-cosmos-block-height')[0]?.toString()
      })
  })

const BALANCE = '/cosmos.bank.v1beta1.Query/Balance'

describe('gRPC', () => {
  test('messages pass through as bytes, with the height in the headers', async () => {
    reply = (data, height) => Uint8Array.of(...data, Number(height ?? 0n))
    const { value, height } = await call(BALANCE, Uint8Array.of(8, 1))
    expect([[...value!], height]).toEqual([[8, 1, 0], '373'])
    const past = await call(BALANCE, Uint8Array.of(8, 1), '7')
    expect([[...past.value!], past.height]).toEqual([[8, 1, 7], '7'])
  })

  test('errors carry the recorded code and text, and the height if the handler was reached', async () => {
    const badAddress = 'invalid address: decoding bech32 failed: invalid bech32 string length 3'
    reply = () => {
      throw invalidArgument(badAddress)
    }
    const { error, height } = await call(BALANCE, new Uint8Array())
    expect([error!.code, error!.details, height]).toEqual([3, badAddress, '373'])
    reply = () => {
      throw new GrpcError(5, 'tx not found: ABAB')
    }
    expect((await call(BALANCE, new Uint8Array())).error).toMatchObject({
      code: 5,
      details: 'tx not found: ABAB',
    })
    reply = () => {
      throw sdk.invalidHeight('cannot query with height in the future; please provide a valid height')
    }
    const future = await call(BALANCE, new Uint8Array(), '99')
    expect([future.error!.code, future.error!.details, future.height]).toEqual([
      2,
      'codespace sdk code 26: invalid height: ' +
        'cannot query with height in the future; please provide a valid height',
      undefined,
    ])
  })

  test('a height that is none is refused, a bug of ours is Internal and reported', async () => {
    expect((await call(BALANCE, new Uint8Array(), '-1')).error).toMatchObject({
      code: 2,
      details:
        'codespace sdk code 18: invalid request: ' +
        'cannot query with height < 0; please provide a valid height',
    })
    const bug = new TypeError('x is not a function')
    reply = () => {
      throw bug
    }
    const { error } = await call(BALANCE, new Uint8Array())
    expect([error!.code, error!.details]).toEqual([13, 'x is not a function'])
    expect(bugs).toEqual([bug])
  })

  test('an unknown method is Unimplemented, an oversized request ResourceExhausted', async () => {
    expect((await call('/no.Such/Method', new Uint8Array())).error!.code).toBe(12)
    const { error } = await call(BALANCE, new Uint8Array(11 * 1024 * 1024))
    expect(error!.code).toBe(8)
  })

  test('a taken port is an error that names it', async () => {
    const gateway = { registry, queryServices: [], msgServices: [], call: () => Promise.reject(new Error()) }
    await expect(serveGrpc(gateway, '127.0.0.1', server.port)).rejects.toThrow(/EADDRINUSE|bind/)
  })
})

describe.each(['grpc.reflection.v1', 'grpc.reflection.v1alpha'])('reflection by %s', (pkg) => {
  const { service, request, response } = reflectionProtocol(pkg)
  type Reply = { messageResponse: { case: string; value: never } }

  const ask = (...questions: Record<string, unknown>[]): Promise<Reply[]> =>
    new Promise((resolve, reject) => {
      const replies: Reply[] = []
      const stream = client.makeBidiStreamRequest(
        `/${service.typeName}/ServerReflectionInfo`,
        same,
        (bytes: Buffer) => fromBinary(response, bytes) as unknown as Reply,
      )
      stream.on('data', (message: Reply) => replies.push(message))
      stream.on('error', reject)
      stream.on('end', () => resolve(replies))
      for (const question of questions) {
        const [[name, value]] = Object.entries(question) as [[string, unknown]]
        const message = create(request, { messageRequest: { case: name, value } } as never)
        stream.write(toBinary(request, message))
      }
      stream.end()
    })

  const filesOf = (reply: Reply): Registry => {
    const { fileDescriptorProto } = reply.messageResponse.value as { fileDescriptorProto: Bytes[] }
    const file = fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes)).reverse()
    return createFileRegistry(create(FileDescriptorSetSchema, { file }))
  }

  test('lists the services that are served, its own too', async () => {
    const [reply] = await ask({ listServices: '' })
    const { service: listed } = reply!.messageResponse.value as { service: { name: string }[] }
    const names = listed.map(({ name }) => name)
    expect(names).toEqual(
      expect.arrayContaining(['cosmos.bank.v1beta1.Query', 'grpc.reflection.v1.ServerReflection']),
    )
    expect(names).toHaveLength(queryServices.length + 2)
    expect(names).toEqual([...names].sort())
  })

  test('gives the file of a message, a method, a service or a file name with its imports', async () => {
    const replies = await ask(
      { fileContainingSymbol: 'cosmos.bank.v1beta1.QueryBalanceRequest' },
      { fileContainingSymbol: 'cosmos.bank.v1beta1.Query.Balance' },
      { fileContainingSymbol: 'cosmos.bank.v1beta1.Msg' },
      { fileByFilename: 'cosmos/gov/v1/gov.proto' },
      { fileContainingSymbol: service.typeName },
    )
    const [message, method, msg, file, own] = replies.map(filesOf)
    expect(message!.getMessage('cosmos.bank.v1beta1.QueryBalanceRequest')?.fields).toHaveLength(2)
    expect(method!.getService('cosmos.bank.v1beta1.Query')?.methods.length).toBeGreaterThan(10)
    expect(msg!.getMessage('cosmos.bank.v1beta1.MsgSend')?.field.amount?.message?.typeName).toBe(
      'cosmos.base.v1beta1.Coin',
    )
    expect(file!.getEnum('cosmos.gov.v1.VoteOption')?.values.length).toBe(5)
    expect(own!.getService(service.typeName)?.methods).toHaveLength(1)
  })

  test('garbage is refused and the server lives on', async () => {
    const stream = client.makeBidiStreamRequest(`/${service.typeName}/ServerReflectionInfo`, same, same)
    stream.on('data', () => undefined)
    const error = new Promise<ServiceError>((resolve) => stream.on('error', resolve))
    stream.write(Uint8Array.of(0xff, 0xff, 0xff))
    expect((await error).code).toBe(3)
    expect(await ask({ listServices: '' })).toHaveLength(1)
  })

  test('knows extensions by number, and says what it does not know', async () => {
    const [file, numbers, absent] = await ask(
      {
        fileContainingExtension: {
          containingType: 'google.protobuf.MessageOptions',
          extensionNumber: 11110001,
        },
      },
      { allExtensionNumbersOfType: 'google.protobuf.MessageOptions' },
      { fileContainingSymbol: 'no.such.Thing' },
    )
    expect(filesOf(file!).getExtension('amino.name')?.number).toBe(11110001)
    expect((numbers!.messageResponse.value as { extensionNumber: number[] }).extensionNumber).toContain(
      11110001,
    )
    expect(absent!.messageResponse).toMatchObject({
      case: 'errorResponse',
      value: { errorCode: 5, errorMessage: 'not found: no.such.Thing' },
    })
  })
})
