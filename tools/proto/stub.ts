// Writes the `.proto` text of a descriptor: its types and extensions, without options, services and comments.
// The protos of the Go stack exist here as descriptors only, but our own protos import them by path, and the
// compiler that reads ours wants text. Their generated code still comes from the full descriptors, so nothing
// is lost.
import { isFieldSet } from '@bufbuild/protobuf'
import {
  type DescriptorProto,
  type EnumDescriptorProto,
  type FieldDescriptorProto,
  FieldDescriptorProtoSchema,
  type FileDescriptorProto,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt'

const SCALARS: Partial<Record<Type, string>> = {
  [Type.DOUBLE]: 'double',
  [Type.FLOAT]: 'float',
  [Type.INT64]: 'int64',
  [Type.UINT64]: 'uint64',
  [Type.INT32]: 'int32',
  [Type.FIXED64]: 'fixed64',
  [Type.FIXED32]: 'fixed32',
  [Type.BOOL]: 'bool',
  [Type.STRING]: 'string',
  [Type.BYTES]: 'bytes',
  [Type.UINT32]: 'uint32',
  [Type.SFIXED32]: 'sfixed32',
  [Type.SFIXED64]: 'sfixed64',
  [Type.SINT32]: 'sint32',
  [Type.SINT64]: 'sint64',
}

const indent = (lines: string[]): string[] => lines.map((line) => `  ${line}`)

const typeName = ({ type, typeName }: FieldDescriptorProto): string => SCALARS[type] ?? typeName

/** Every proto3 `optional` field has a oneof of its own, which is not one in the text. */
const oneofOf = (field: FieldDescriptorProto): number | undefined =>
  isFieldSet(field, FieldDescriptorProtoSchema.field.oneofIndex) && !field.proto3Optional
    ? field.oneofIndex
    : undefined

/** Fields of a oneof and of proto3 carry no label unless they have presence of their own. */
const label = (field: FieldDescriptorProto, proto3: boolean, inOneof: boolean): string => {
  if (field.label === Label.REPEATED) return 'repeated '
  if (field.label === Label.REQUIRED) return 'required '
  return !inOneof && (!proto3 || field.proto3Optional) ? 'optional ' : ''
}

const printField = (field: FieldDescriptorProto, message: DescriptorProto | undefined, proto3: boolean) => {
  const inOneof = oneofOf(field) !== undefined
  const last = field.typeName.slice(field.typeName.lastIndexOf('.') + 1)
  const entry = message?.nestedType.find(({ name, options }) => options?.mapEntry && name === last)
  const [key, value] = entry?.field ?? []
  const type =
    field.type === Type.MESSAGE && key && value
      ? `map<${typeName(key)}, ${typeName(value)}>`
      : label(field, proto3, inOneof) + typeName(field)
  return `${type} ${field.name} = ${field.number};`
}

const printEnum = ({ name, value, options }: EnumDescriptorProto): string[] => [
  `enum ${name} {`,
  ...indent(options?.allowAlias ? ['option allow_alias = true;'] : []),
  ...indent(value.map((v) => `${v.name} = ${v.number};`)),
  '}',
]

const printExtension = (field: FieldDescriptorProto, proto3: boolean): string[] => [
  `extend ${field.extendee} { ${printField(field, undefined, proto3)} }`,
]

const printMessage = (message: DescriptorProto, proto3: boolean): string[] => {
  const inOneof = (at: number) => message.field.filter((field) => oneofOf(field) === at)
  const loose = message.field.filter((field) => oneofOf(field) === undefined)
  const oneofs = message.oneofDecl.flatMap(({ name }, at) => {
    const fields = inOneof(at).map((field) => printField(field, message, proto3))
    return fields.length === 0 ? [] : [`oneof ${name} {`, ...indent(fields), '}']
  })
  return [
    `message ${message.name} {`,
    ...indent(message.enumType.flatMap(printEnum)),
    ...indent(message.nestedType.filter((m) => !m.options?.mapEntry).flatMap((m) => printMessage(m, proto3))),
    ...indent(loose.map((field) => printField(field, message, proto3))),
    ...indent(oneofs),
    ...indent(message.extension.flatMap((field) => printExtension(field, proto3))),
    '}',
  ]
}

export const printStub = (file: FileDescriptorProto): string => {
  const proto3 = file.syntax === 'proto3'
  const imports = file.dependency.map(
    (path, at) => `import ${file.publicDependency.includes(at) ? 'public ' : ''}"${path}";`,
  )
  return [
    `syntax = "${proto3 ? 'proto3' : 'proto2'}";`,
    ...(file.package === '' ? [] : [`package ${file.package};`]),
    ...imports,
    ...file.enumType.flatMap(printEnum),
    ...file.messageType.flatMap((message) => printMessage(message, proto3)),
    ...file.extension.flatMap((field) => printExtension(field, proto3)),
    '',
  ].join('\n')
}
