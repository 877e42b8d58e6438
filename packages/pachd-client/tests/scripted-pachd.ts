/** A pachd whose answers a test writes by hand: a fake at the wire, for faults that a real one shows rarely. */
import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js'
import { grpcService, pfs } from '@jupyterlab-pachyderm/pachd-proto'

/** A running fake; whoever starts it stops it. */
export interface ScriptedPachd {
  readonly address: string
  stop(): void
}

/** Starts a PFS service with the given handlers; the other methods answer UNIMPLEMENTED. */
export async function startScriptedPachd(handlers: UntypedServiceImplementation): Promise<ScriptedPachd> {
  const server = new Server()
  server.addService(grpcService(pfs.APIDefinition), handlers)
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)))
  })
  return { address: `127.0.0.1:${port}`, stop: () => server.forceShutdown() }
}
