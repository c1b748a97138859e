// The esbuild plugin that puts proto/file-desc.ts in the place of protobuf-es's own reader of descriptors.
// Our file takes that one's place in the package, where the modules of descriptor.proto can be imported
// without a circle.
import { readFileSync } from 'node:fs'
import { at } from './ready.mjs'

const INNER = [
  ["'@bufbuild/protobuf/wkt'", "'../wkt/gen/google/protobuf/descriptor_pb.js'"],
  ["'@bufbuild/protobuf'", "'../index.js'"],
]

export const fileDesc = {
  name: 'file-desc',
  setup(build) {
    build.onLoad({ filter: /@bufbuild[\\/]protobuf[\\/]dist[\\/]esm[\\/]codegenv2[\\/]file\.js$/ }, () => {
      const source = readFileSync(at('proto/file-desc.ts'), 'utf8')
      return {
        contents: INNER.reduce((text, [from, to]) => text.replaceAll(from, to), source),
        loader: 'ts',
      }
    })
  },
}
