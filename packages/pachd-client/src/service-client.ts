/** A service of pachd as an object with one typed method for each RPC. */
import type { MessageInit, MethodDescription, RequestOf, ResponseOf, ServiceDescription } from '@jupyterlab-pachyderm/pachd-proto'

import type { CallOptions } from './call-options.js'
import { clientStream, serverStream, unaryCall, type Requests } from './calls.js'
import type { Connection } from './connection.js'

/** How one RPC is called. */
export type MethodCall<M extends MethodDescription> = M['requestStream'] extends true
  ? (requests: Requests<M>, options?: CallOptions) => Promise<ResponseOf<M>>
  : M['responseStream'] extends true
    ? (request: MessageInit<RequestOf<M>>, options?: CallOptions) => AsyncGenerator<ResponseOf<M>, void, undefined>
    : (request: MessageInit<RequestOf<M>>, options?: CallOptions) => Promise<ResponseOf<M>>

/** One typed method for each RPC of the service that does not stream in both directions. */
export type ServiceClient<S extends ServiceDescription> = {
  readonly [Name in keyof S['methods'] as IsBidirectional<S['methods'][Name]> extends true ? never : Name]: MethodCall<S['methods'][Name]>
}

type IsBidirectional<M extends MethodDescription> = M['requestStream'] extends true ? M['responseStream'] : false

/** The methods of `service` over `connection`; every one rejects with PachdError. */
export function createServiceClient<S extends ServiceDescription>(connection: Connection, service: S): ServiceClient<S> {
  const methods = Object.entries(service.methods)
    .filter(([, method]) => !(method.requestStream && method.responseStream))
    .map(([name, method]) => [name, callOf(connection, service, method)])
  return Object.fromEntries(methods) as ServiceClient<S>
}

function callOf(connection: Connection, service: ServiceDescription, method: MethodDescription) {
  const bound = { connection, service, method }
  if (method.requestStream) return (requests: Iterable<object> | AsyncIterable<object>, options: CallOptions = {}) => clientStream(bound, requests, options)
  if (method.responseStream) return (request: object, options: CallOptions = {}) => serverStream(bound, request, options)
  return (request: object, options: CallOptions = {}) => unaryCall(bound, request, options)
}
