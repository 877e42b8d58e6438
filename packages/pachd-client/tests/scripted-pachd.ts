/** A pachd whose answers a test writes by hand: a fake at the wire, for faults that a real one shows rarely. */
import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js'
import { grpcService, pfs } from '@jupyterlab-pachyderm/pachd-proto'
import { afterEach } from 'vitest'

import { createPachdClient, type PachdClient } from '../src/index.js'

interface ScriptedPachd {
  readonly address: string
  stop(): void
}

/** Connects a test to a fake with the given handlers; fake and client end with the test. */
export function useScriptedPachd(): (handlers: UntypedServiceImplementation) => Promise<PachdClient> {
  const cleanUp: (() => void)[] = []
  afterEach(() => {
    for (const end of cleanUp.splice(0).reverse()) end()
  })
  return async handlers => {
    const pachd = await startScriptedPachd(handlers)
    const client = createPachdClient({ address: pachd.address })
    cleanUp.push(() => pachd.stop(), () => client.close())
    return client
  }
}

/** Starts a PFS service with the given handlers; the other methods answer UNIMPLEMENTED. */
async function startScriptedPachd(handlers: UntypedServiceImplementation): Promise<ScriptedPachd> {
  const server = new Server()
  server.addService(grpcService(pfs.APIDefinition), handlers)
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)))
  })
  return { address: `127.0.0.1:${port}`, stop: () => server.forceShutdown() }
}
