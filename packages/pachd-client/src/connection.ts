/** One gRPC channel to a pachd, with the metadata that every call carries. */
import { Client, credentials, Metadata, type CallOptions as GrpcCallOptions, type ChannelCredentials, type ClientOptions } from '@grpc/grpc-js'
import { MAX_MESSAGE_BYTES } from '@jupyterlab-pachyderm/pachd-proto'

import { parseAddress, type PachdAddress } from './address.js'
import type { CallOptions } from './call-options.js'
import { PachdError } from './errors.js'

const channelOptions: ClientOptions = {
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
  // A connection that went silent is given up within 20 s, so that a file operation, which may take 30 s, goes on over a new one.
  // pachd allows a ping every 5 s.
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.keepalive_permit_without_calls': 1,
  'grpc.service_config_disable_resolution': 1,
  'grpc.enable_retries': 0,
  // A pachd that comes back is found within two seconds.
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 2_000,
  // Node's default window of 64 KiB makes a stream of file bytes wait for acknowledgements.
  'grpc-node.flow_control_window': 8 * 1024 * 1024,
}

/** A connection; owned by the PachdClient that made it. */
export class Connection {
  readonly address: PachdAddress
  readonly client: Client
  readonly defaultTimeoutMs: number
  #token: string | undefined

  /** Does not connect yet. Throws PachdError INVALID_ARGUMENT for an unusable address or certificate. */
  constructor(options: { address: string; token?: string | undefined; serverCas?: string | undefined; timeoutMs?: number | undefined }) {
    this.address = parseAddress(options.address)
    this.client = new Client(target(this.address), channelCredentials(this.address, options.serverCas), channelOptions)
    this.defaultTimeoutMs = options.timeoutMs ?? 30_000
    this.#token = options.token
  }

  /** The session token that calls carry from now on; undefined for none. */
  setToken(token: string | undefined): void {
    this.#token = token
  }

  /** The metadata of a call. */
  metadata(options: CallOptions): Metadata {
    const metadata = new Metadata()
    if (this.#token) metadata.set('authn-token', this.#token)
    if (options.transaction) metadata.set('pach-transaction', options.transaction)
    return metadata
  }

  /** The gRPC options of a call that may take `timeoutMs`, or as long as it likes. */
  callOptions(timeoutMs: number | undefined): GrpcCallOptions {
    return timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs }
  }

  /** The PachdError for what a call threw; when nothing answered, it names the address and says what to do. */
  errorFrom(thrown: unknown): PachdError {
    const error = PachdError.from(thrown)
    const timeout = error.code === 'DEADLINE_EXCEEDED' && /^Deadline exceeded after ([\d.]+)s/.exec(error.message)?.[1]
    if (timeout) return new PachdError('DEADLINE_EXCEEDED', `pachd at ${this.address.qualified} has not answered for ${String(Math.round(Number(timeout) * 10) / 10)} s; check that it runs`, { cause: thrown })
    if (error.code !== 'UNAVAILABLE' || !/No connection established|Name resolution failed/.test(error.message)) return error
    return new PachdError('UNAVAILABLE', `pachd at ${this.address.qualified} cannot be reached; check the address and that pachd runs there (${reasonIn(error.message)})`, { cause: thrown })
  }

  /** Ends the channel; calls under way fail. Closing twice is fine. */
  close(): void {
    this.client.close()
  }
}

/** What went wrong last, without the frame that grpc-js puts around it. */
function reasonIn(message: string): string {
  const [, behind = ''] = message.split('Last error: ', 2)
  const end = behind.indexOf(' Resolution note:')
  if (end < 0 || behind.startsWith('null')) return message
  return behind.slice(0, end).replace(/^Error: /, '').replace(/\.$/, '')
}

function target(address: PachdAddress): string {
  if (address.scheme === 'unix') return `unix:${address.path}`
  return address.host.includes(':') ? `ipv6:[${address.host}]:${String(address.port)}` : `dns:${address.host}:${String(address.port)}`
}

function channelCredentials(address: PachdAddress, serverCas: string | undefined): ChannelCredentials {
  if (!address.tls && !serverCas) return credentials.createInsecure()
  if (!serverCas) return credentials.createSsl()
  return credentials.createSsl(certificates(serverCas))
}

/** The PEM text behind `server_cas`. Throws PachdError INVALID_ARGUMENT when it is not base64 of PEM. */
function certificates(serverCas: string): Buffer {
  const pem = Buffer.from(serverCas, 'base64')
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
    throw new PachdError('INVALID_ARGUMENT', 'server_cas should be the base64 encoding of CA certificates in PEM form')
  }
  return pem
}
