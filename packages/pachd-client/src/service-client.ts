/** A service of pachd as an object with one typed method for each RPC. */
import type { MessageInit, MethodDescription, RequestOf, ResponseOf, ServiceDescription } from '@jupyterlab-pachyderm/pachd-proto'

import type { CallOptions } from './call-options.js'
import { bidirectionalStream, clientStream, serverStream, unaryCall, type Requests } from './calls.js'
import type { Connection } from './connection.js'

/** How one RPC is called. */
export type MethodCall<M extends MethodDescription> = M['requestStream'] extends true
  ? (requests: Requests<M>, options?: CallOptions) => M['responseStream'] extends true ? AsyncGenerator<ResponseOf<M>, void, undefined> : Promise<ResponseOf<M>>
  : (request: MessageInit<RequestOf<M>>, options?: CallOptions) => M['responseStream'] extends true ? AsyncGenerator<ResponseOf<M>, void, undefined> : Promise<ResponseOf<M>>

/** One typed method for each RPC of the service. */
export type ServiceClient<S extends ServiceDescription> = {
  readonly [Name in keyof S['methods']]: MethodCall<S['methods'][Name]>
}

/** The methods of `service` over `connection`; every one rejects with PachdError. */
export function createServiceClient<S extends ServiceDescription>(connection: Connection, service: S): ServiceClient<S> {
  return Object.fromEntries(Object.entries(service.methods).map(([name, method]) => [name, callOf(connection, service, method)])) as ServiceClient<S>
}

function callOf(connection: Connection, service: ServiceDescription, method: MethodDescription) {
  const bound = { connection, service, method }
  if (method.requestStream) {
    const call = method.responseStream ? bidirectionalStream : clientStream
    return (requests: Iterable<object> | AsyncIterable<object>, options: CallOptions = {}) => call(bound, requests, options)
  }
  const call = method.responseStream ? serverStream : unaryCall
  return (request: object, options: CallOptions = {}) => call(bound, request, options)
}
