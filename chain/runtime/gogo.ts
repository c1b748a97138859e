// What the gogoproto options of a field say about the Go value behind it. The JSON of the SDK is the JSON of
// Go structs, so whether a field is a pointer, a time.Time or a type of its own decides its text.
import { type DescField, getOption, hasOption } from '@bufbuild/protobuf'
import { casttype, customtype, jsontag, nullable, stdtime } from '../../proto/gen/gogoproto/gogo_pb.ts'

export type GoField = {
  /** A pointer in Go, so that an unset message prints as null. */
  nullable: boolean
  /** A pointer to a scalar with a Go type of its own: unset prints as null too. */
  isCustomPointer: boolean
  /**
   * The Go type of the value if it is not the plain one: gogoproto.customtype, else casttype; '' otherwise.
   */
  goType: string
  /** A time.Time: unset and not nullable is the year 1. */
  isTime: boolean
  /** The `json` struct tag that encoding/json (not jsonpb) obeys: name and omitempty. */
  tag: { name: string; omitEmpty: boolean }
}

const readGoField = (field: DescField): GoField => {
  const isNullable = hasOption(field, nullable) ? getOption(field, nullable) : true
  const [name, ...flags] = hasOption(field, jsontag)
    ? getOption(field, jsontag).split(',')
    : [field.name, ...(isNullable ? ['omitempty'] : [])]
  return {
    nullable: isNullable,
    isCustomPointer: isNullable && getOption(field, customtype) !== '',
    goType: getOption(field, customtype) || getOption(field, casttype),
    isTime: getOption(field, stdtime),
    tag: { name: name || field.name, omitEmpty: flags.includes('omitempty') },
  }
}

// A memo of a pure function of descriptors, which live as long as the program.
const known = new WeakMap<DescField, GoField>()

export const goField = (field: DescField): GoField => {
  let found = known.get(field)
  if (found === undefined) known.set(field, (found = readGoField(field)))
  return found
}
