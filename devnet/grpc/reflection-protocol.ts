// grpc/reflection/v1/reflection.proto and its v1alpha twin, which differ in nothing but the package. They are
// described here rather than generated: the file sets of the Go stack do not hold them.
import { create, createFileRegistry, type DescMessage, type DescService } from '@bufbuild/protobuf'
import {
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt'

export type ReflectionProtocol = { service: DescService; request: DescMessage; response: DescMessage }

/** A message's fields; `?` marks members of its oneof, `*` lists. A type that is no scalar is a message. */
type Fields = [name: string, number: number, type: string][]

const MESSAGES: Record<string, Fields> = {
  ServerReflectionRequest: [
    ['host', 1, 'string'],
    ['file_by_filename', 3, 'string?'],
    ['file_containing_symbol', 4, 'string?'],
    ['file_containing_extension', 5, 'ExtensionRequest?'],
    ['all_extension_numbers_of_type', 6, 'string?'],
    ['list_services', 7, 'string?'],
  ],
  ExtensionRequest: [
    ['containing_type', 1, 'string'],
    ['extension_number', 2, 'int32'],
  ],
  ServerReflectionResponse: [
    ['valid_host', 1, 'string'],
    ['original_request', 2, 'ServerReflectionRequest'],
    ['file_descriptor_response', 4, 'FileDescriptorResponse?'],
    ['all_extension_numbers_response', 5, 'ExtensionNumberResponse?'],
    ['list_services_response', 6, 'ListServiceResponse?'],
    ['error_response', 7, 'ErrorResponse?'],
  ],
  FileDescriptorResponse: [['file_descriptor_proto', 1, 'bytes*']],
  ExtensionNumberResponse: [
    ['base_type_name', 1, 'string'],
    ['extension_number', 2, 'int32*'],
  ],
  ListServiceResponse: [['service', 1, 'ServiceResponse*']],
  ServiceResponse: [['name', 1, 'string']],
  ErrorResponse: [
    ['error_code', 1, 'int32'],
    ['error_message', 2, 'string'],
  ],
}
const ONEOFS: Record<string, string> = {
  ServerReflectionRequest: 'message_request',
  ServerReflectionResponse: 'message_response',
}
const SCALARS: Record<string, Type> = { string: Type.STRING, int32: Type.INT32, bytes: Type.BYTES }

const describeField = (pkg: string, [name, number, text]: Fields[number]) => {
  const type = text.replace(/[?*]$/, '')
  return {
    ...{ name, number, type: SCALARS[type] ?? Type.MESSAGE },
    label: text.endsWith('*') ? Label.REPEATED : Label.OPTIONAL,
    ...(SCALARS[type] === undefined && { typeName: `.${pkg}.${type}` }),
    ...(text.endsWith('?') && { oneofIndex: 0 }),
  }
}

const describeFile = (pkg: string): FileDescriptorProto =>
  create(FileDescriptorProtoSchema, {
    name: `${pkg.replaceAll('.', '/')}/reflection.proto`,
    package: pkg,
    syntax: 'proto3',
    messageType: Object.entries(MESSAGES).map(([name, fields]) => ({
      name,
      oneofDecl: ONEOFS[name] === undefined ? [] : [{ name: ONEOFS[name] }],
      field: fields.map((field) => describeField(pkg, field)),
    })),
    service: [
      {
        name: 'ServerReflection',
        method: [
          {
            name: 'ServerReflectionInfo',
            inputType: `.${pkg}.ServerReflectionRequest`,
            outputType: `.${pkg}.ServerReflectionResponse`,
            clientStreaming: true,
            serverStreaming: true,
          },
        ],
      },
    ],
  })

/** The reflection service of a package, `grpc.reflection.v1` or `grpc.reflection.v1alpha`. */
export const reflectionProtocol = (pkg: string): ReflectionProtocol => {
  const registry = createFileRegistry(describeFile(pkg), () => undefined)
  return {
    service: registry.getService(`${pkg}.ServerReflection`)!,
    request: registry.getMessage(`${pkg}.ServerReflectionRequest`)!,
    response: registry.getMessage(`${pkg}.ServerReflectionResponse`)!,
  }
}
