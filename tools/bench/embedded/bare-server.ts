/** What gRPC alone can do: a server that streams bytes from memory, and one that writes a stream to a file. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'

import { Server, ServerCredentials } from '@grpc/grpc-js'
import type { ServerReadableStream, ServerWritableStream, sendUnaryData } from '@grpc/grpc-js'
import { type BytesValue, Empty, MAX_MESSAGE_BYTES, grpcService, pfs } from '@jupyterlab-pachyderm/pachd-proto'

const [bytes = '0', file = '/dev/null'] = process.argv.slice(2)
const chunk = Buffer.alloc(1024 * 1024, 7)
const server = new Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES, 'grpc.max_send_message_length': MAX_MESSAGE_BYTES })
server.addService(grpcService(pfs.APIDefinition), {
  getFile: (call: ServerWritableStream<unknown, BytesValue>) => {
    void (async () => {
      for (let sent = 0; sent < Number(bytes); sent += chunk.length) {
        if (!call.write({ value: chunk })) await new Promise(resolve => call.once('drain', resolve))
      }
      call.end()
    })()
  },
  modifyFile: (call: ServerReadableStream<pfs.ModifyFileRequest, Empty>, reply: sendUnaryData<Empty>) => {
    const fd = openSync(file, 'w')
    call.on('data', (message: pfs.ModifyFileRequest) => {
      if (message.body?.$case === 'addFile' && message.body.addFile.source?.$case === 'raw' && message.body.addFile.source.raw) writeSync(fd, message.body.addFile.source.raw)
    })
    call.on('end', () => {
      fdatasyncSync(fd)
      closeSync(fd)
      reply(null, Empty.fromPartial({}))
    })
  },
})
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error
  console.log(`listening on grpc://127.0.0.1:${port}`)
})
