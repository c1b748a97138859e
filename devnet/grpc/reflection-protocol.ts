// grpc/reflection/v1/reflection.proto and its v1alpha twin, which differ in nothing but the package. They are described
// here rather than generated: the file sets of the Go stack do not hold them.
import { create, createFileRegistry, type DescMessage, type DescService } from '@bufbuild/protobuf'
import {
  type FieldDescriptorProto,
  FieldDescriptorProtoSchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt'

export type ReflectionProtocol = { service: DescService; request: DescMessage; response: DescMessage }

type FieldOptions = { message?: string; repeated?: boolean; oneof?: boolean; type?: Type }

const describeFile = (pkg: string): FileDescriptorProto => {
  const field = (name: string, number: number, options: FieldOptions = {}): FieldDescriptorProto =>
    create(FieldDescriptorProtoSchema, {
      name,
      number,
      label: options.repeated ? Label.REPEATED : Label.OPTIONAL,
      type: options.message === undefined ? (options.type ?? Type.STRING) : Type.MESSAGE,
      ...(options.message !== undefined && { typeName: `.${pkg}.${options.message}` }),
      ...(options.oneof && { oneofIndex: 0 }),
    })
  const choice = (name: string, number: number, message?: string) =>
    field(name, number, { oneof: true, ...(message !== undefined && { message }) })
  return create(FileDescriptorProtoSchema, {
    name: `${pkg.replaceAll('.', '/')}/reflection.proto`,
    package: pkg,
    syntax: 'proto3',
    messageType: [
      {
        name: 'ServerReflectionRequest',
        oneofDecl: [{ name: 'message_request' }],
        field: [
          field('host', 1),
          choice('file_by_filename', 3),
          choice('file_containing_symbol', 4),
          choice('file_containing_extension', 5, 'ExtensionRequest'),
          choice('all_extension_numbers_of_type', 6),
          choice('list_services', 7),
        ],
      },
      {
        name: 'ExtensionRequest',
        field: [field('containing_type', 1), field('extension_number', 2, { type: Type.INT32 })],
      },
      {
        name: 'ServerReflectionResponse',
        oneofDecl: [{ name: 'message_response' }],
        field: [
          field('valid_host', 1),
          field('original_request', 2, { message: 'ServerReflectionRequest' }),
          choice('file_descriptor_response', 4, 'FileDescriptorResponse'),
          choice('all_extension_numbers_response', 5, 'ExtensionNumberResponse'),
          choice('list_services_response', 6, 'ListServiceResponse'),
          choice('error_response', 7, 'ErrorResponse'),
        ],
      },
      {
        name: 'FileDescriptorResponse',
        field: [field('file_descriptor_proto', 1, { type: Type.BYTES, repeated: true })],
      },
      {
        name: 'ExtensionNumberResponse',
        field: [
          field('base_type_name', 1),
          field('extension_number', 2, { type: Type.INT32, repeated: true }),
        ],
      },
      {
        name: 'ListServiceResponse',
        field: [field('service', 1, { message: 'ServiceResponse', repeated: true })],
      },
      { name: 'ServiceResponse', field: [field('name', 1)] },
      {
        name: 'ErrorResponse',
        field: [field('error_code', 1, { type: Type.INT32 }), field('error_message', 2)],
      },
    ],
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
}

/** The reflection service of a package, `grpc.reflection.v1` or `grpc.reflection.v1alpha`. */
export const reflectionProtocol = (pkg: string): ReflectionProtocol => {
  const registry = createFileRegistry(describeFile(pkg), () => undefined)
  return {
    service: registry.getService(`${pkg}.ServerReflection`)!,
    request: registry.getMessage(`${pkg}.ServerReflectionRequest`)!,
    response: registry.getMessage(`${pkg}.ServerReflectionResponse`)!,
  }
}
