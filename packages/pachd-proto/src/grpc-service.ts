/** Service descriptions as grpc-js wants them: one place knows how a message becomes bytes. */
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js'
import type { BinaryWriter } from '@bufbuild/protobuf/wire'

import type { MessageInit } from './message-init.js'

/** The codec of one message type. */
export interface MessageCodec<T> {
  encode(message: T): BinaryWriter
  decode(bytes: Uint8Array): T
  fromPartial(init: MessageInit<T>): T
}

type AnyCodec = Pick<MessageCodec<never>, 'encode'> & { decode(bytes: Uint8Array): unknown; fromPartial(init: never): unknown }

/** One method of a generated service description. */
export interface MethodDescription {
  readonly name: string
  readonly requestType: AnyCodec
  readonly requestStream: boolean
  readonly responseType: AnyCodec
  readonly responseStream: boolean
}

/** A generated service description: `pfs.APIDefinition`, `auth.APIDefinition`, … */
export interface ServiceDescription {
  readonly fullName: string
  readonly methods: Readonly<Record<string, MethodDescription>>
}

/** The message that a method takes (one, or each of a stream). */
export type RequestOf<M extends MethodDescription> = ReturnType<M['requestType']['decode']>

/** The message that a method answers (one, or each of a stream). */
export type ResponseOf<M extends MethodDescription> = ReturnType<M['responseType']['decode']>

function serializer<T>(codec: MessageCodec<T>) {
  return (message: T): Buffer => {
    const bytes = codec.encode(message).finish()
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
}

/** One method as grpc-js wants it. */
export function grpcMethod<M extends MethodDescription>(
  service: ServiceDescription,
  method: M,
): MethodDefinition<RequestOf<M>, ResponseOf<M>> {
  const request = method.requestType as unknown as MessageCodec<RequestOf<M>>
  const response = method.responseType as unknown as MessageCodec<ResponseOf<M>>
  return {
    path: `/${service.fullName}/${method.name}`,
    originalName: method.name,
    requestStream: method.requestStream,
    responseStream: method.responseStream,
    requestSerialize: serializer(request),
    requestDeserialize: bytes => request.decode(bytes),
    responseSerialize: serializer(response),
    responseDeserialize: bytes => response.decode(bytes),
  }
}

/** A whole service as `Server.addService` wants it, keyed like the description (`getFile`, `listRepo`, …). */
export function grpcService(service: ServiceDescription): ServiceDefinition {
  return Object.fromEntries(
    Object.entries(service.methods).map(([key, method]) => [key, grpcMethod(service, method)]),
  )
}
