/** Passes TCP connections of a network namespace on to a socket file, which all namespaces see: arguments port and socket. */
import { connect, createServer } from 'node:net'

const [port, target = ''] = process.argv.slice(2)
createServer(incoming => {
  const outgoing = connect(target)
  incoming.pipe(outgoing).pipe(incoming)
  incoming.on('error', () => outgoing.destroy())
  outgoing.on('error', () => incoming.destroy())
}).listen(Number(port), '127.0.0.1')
