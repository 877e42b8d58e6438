/** How a command reaches the running server: by its socket, or by TCP with its token. */
import { createMountServerClient, type EventTransport, isErrorBody, type MountServerClient } from '@jupyterlab-pachyderm/mount-api'
import { readFile } from 'node:fs/promises'
import { type IncomingMessage, request, type RequestOptions } from 'node:http'
import { Readable } from 'node:stream'

/** Where the server is. */
export interface ServerAddress {
  readonly sockPath: string | undefined
  readonly host: string
  readonly port: number
  readonly tokenFile: string | undefined
}

/** The server said no; the message is for people. */
export class ServerRefusal extends Error {
  override readonly name = 'ServerRefusal'
}

/** No server answers. */
export class ServerAway extends Error {
  override readonly name = 'ServerAway'
}

/** A way to the server. */
export interface ServerConnection {
  readonly client: MountServerClient
  readonly events: EventTransport
  /** As a user would write it. */
  readonly address: string
}

/** Nothing is sent yet. Rejects when the file with the token cannot be read. */
export async function connectToServer({ sockPath, host, port, tokenFile }: ServerAddress): Promise<ServerConnection> {
  const address = sockPath ?? `${host.includes(':') ? `[${host}]` : host}:${port}`
  const token = tokenFile === undefined ? undefined : (await readFile(tokenFile, 'utf8')).trim()
  const place: RequestOptions = sockPath === undefined ? { host, port } : { socketPath: sockPath }
  const headers = { host: sockPath === undefined ? address : 'localhost', ...(token !== undefined && { authorization: `Bearer ${token}` }) }
  const send = async (method: string, url: string, { body, signal, accept = 'application/json' }: { body?: unknown; signal?: AbortSignal; accept?: string } = {}) => {
    try {
      return await sent({ ...place, method, path: url, headers: { ...headers, accept, ...(body !== undefined && { 'content-type': 'application/json' }) }, ...(signal && { signal }) }, body)
    } catch (cause) {
      throw new ServerAway(`no mount-server answers at ${address}; start it, or say with --sock-path or --port where it is`, { cause })
    }
  }
  return {
    address,
    client: createMountServerClient(async ({ method, url, body }) => {
      const response = await send(method, url, { body })
      const text = await textOf(response)
      // Not being ready is an answer, too.
      if ((response.statusCode ?? 500) >= 400 && url !== '/ready') throw new ServerRefusal(refusalOf(text))
      return text === '' ? null : (JSON.parse(text) as unknown)
    }),
    events: async ({ url, signal }) => {
      const response = await send('GET', url, { signal, accept: 'text/event-stream' })
      return { ok: response.statusCode === 200, status: response.statusCode ?? 0, body: Readable.toWeb(response) as ReadableStream<Uint8Array> }
    },
  }
}

function sent(options: RequestOptions, body: unknown): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(options, resolve)
    outgoing.once('error', reject)
    outgoing.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of response.setEncoding('utf8') as AsyncIterable<string>) text += part
  return text
}

function refusalOf(text: string): string {
  try {
    const body: unknown = JSON.parse(text)
    if (isErrorBody(body)) return body.hint === undefined ? body.message : `${body.message}\n${body.hint}`
  } catch {
    // The old routes refuse in plain text.
  }
  return text.trim()
}
