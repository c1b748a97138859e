// A thread that verifies signatures: packets in, verdicts out, in order.
import { parentPort } from 'node:worker_threads'
import { verifyPacket } from './packet.ts'
import { loadSecp256k1 } from './secp256k1.ts'

const port = parentPort
if (port === null) throw new Error('verify/worker.ts runs as a worker thread only')
const loaded = loadSecp256k1()
port.on('message', (packet: Uint8Array<ArrayBuffer>) => {
  loaded.then(({ verify }) => {
    const verdicts = verifyPacket(packet, verify) as Uint8Array<ArrayBuffer>
    port.postMessage(verdicts, [verdicts.buffer])
  })
})
