/** TCP ports of this machine. */
import { createServer } from 'node:net'

import { SetupError } from '../setup/report.mjs'

/** Throws SetupError with the option to change when something listens on the port already. */
export async function requireFreePort(port: number, what: string, option: string): Promise<void> {
  if (await isFree(port)) return
  throw new SetupError(`Port ${port} for ${what} is taken by another program. Stop that program, or choose another port: npm start -- ${option} ${port + 1}`)
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port was given'))))
    })
  })
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
