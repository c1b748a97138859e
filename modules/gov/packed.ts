// Contents inside of governance's messages. Go unpacks them when it reads a transaction, and refuses one with
// something else in that place.
import type { Any } from '@bufbuild/protobuf/wkt'
import { sdk, type UnpackLimit } from '../../chain/module.ts'
import type { Core } from './keeper.ts'

/** Throws sdk 2 if the content is of a type that is none. */
export const unpackContent = ({ contents }: Core, content: Any | undefined, limit: UnpackLimit): void => {
  limit.enter()
  if (content === undefined || contents.has(content.typeUrl)) return
  throw sdk.txDecode(
    `no concrete type registered for type URL ${content.typeUrl} against interface *v1beta1.Content`,
  )
}
