/** Files of the mounts over HTTP: everything that works below the mount directory works here without it. */
import { routes } from '@jupyterlab-pachyderm/mount-api'
import type { FileSystem } from '@jupyterlab-pachyderm/mount-fs'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import { Readable } from 'node:stream'
import type { IncomingHttpHeaders } from 'node:http'

import { MountError } from '../errors.js'
import { directoryPage } from '../files/directory-page.js'
import { answerFile, entityTag } from '../files/file-answer.js'
import { fileContent } from '../files/file-content.js'
import { type RequestedPath, requestedPath } from '../files/request-path.js'
import { makeDirectories, removeTree, upload } from '../files/upload.js'
import { on } from '../on.js'
import type { Transfers } from '../transfers.js'

/** What files over HTTP work with. */
export interface FileRouteParts {
  readonly fileSystem: FileSystem
  readonly transfers: Transfers
  /** A directory on a local disk for uploads that are not whole yet. */
  readonly waitingRoom: string
}

/** GET, HEAD, PUT and DELETE /files/:mount/*. */
export function fileRoutes({ fileSystem, transfers, waitingRoom }: FileRouteParts): FastifyPluginCallbackTypebox {
  return (api, _options, done) => {
    api.removeAllContentTypeParsers()
    api.addContentTypeParser('*', (_request, body, parsed) => parsed(null, body))

    const get = on(routes.listDirectory)
    for (const url of [get.url, '/files/:mount']) {
      api.route({
        ...get,
        url,
        method: ['GET', 'HEAD'],
        schema: { querystring: get.schema.querystring },
        handler: async (request, reply) => {
          const place = mounted(fileSystem, request.url)
          const attributes = await fileSystem.stat(place.path)
          void reply.header('allow', fileSystem.isWritable(place.path) ? 'GET, HEAD, PUT, DELETE' : 'GET, HEAD')
          if (attributes.kind === 'directory') return reply.header('cache-control', 'private, no-cache').send(await directoryPage(fileSystem, place.path, request.query))
          if (attributes.kind === 'link') throw new MountError('BAD_REQUEST', `${place.path} is a symbolic link to ${await fileSystem.readlink(place.path)}; ask for that`)
          const answer = answerFile(request.headers, { name: nameOf(place.path), tag: tagOf(fileSystem, place, attributes), attributes, download: request.query.download ?? false })
          void reply.code(answer.status).headers(answer.headers)
          if (answer.status === 304 || request.method === 'HEAD') return reply.send()
          return reply.send(Readable.from(sent(fileSystem, transfers, place, answer), { objectMode: false }))
        },
      })
    }

    const { method, url, config, schema } = on(routes.writeFile)
    api.route({
      method,
      url,
      config,
      schema: { response: schema.response },
      handler: async request => {
        const place = mounted(fileSystem, request.url)
        try {
          if (place.isDirectory) {
            await makeDirectories(fileSystem, place.path)
            return { path: place.path, kind: 'directory' as const, size_bytes: 0 }
          }
          await checkConditions(fileSystem, place, request.headers)
          const totalBytes = request.headers['content-length'] === undefined ? undefined : Number(request.headers['content-length'])
          const content = request.body instanceof Readable ? request.body : Readable.from([])
          const sizeBytes = await transfers.during({ kind: 'upload', mount: place.mount, path: belowMount(place), totalBytes }, ({ add }) => upload(fileSystem, place.path, content, { waitingRoom, onBytes: add }))
          return { path: place.path, kind: 'file' as const, size_bytes: sizeBytes }
        } finally {
          await fileSystem.forgetName(place.mount)
        }
      },
    })

    const remove = on(routes.deleteFile)
    api.route({
      ...remove,
      schema: { querystring: remove.schema.querystring },
      handler: async (request, reply) => {
        const place = mounted(fileSystem, request.url)
        try {
          const { kind } = await fileSystem.stat(place.path)
          if (kind !== 'directory') await fileSystem.unlink(place.path)
          else if (request.query.recursive) await removeTree(fileSystem, place.path)
          else await fileSystem.rmdir(place.path)
        } finally {
          await fileSystem.forgetName(place.mount)
        }
        return reply.send()
      },
    })
    done()
  }
}

function mounted(fileSystem: FileSystem, url: string): RequestedPath {
  const place = requestedPath(url)
  if (!fileSystem.mounts.lookUp(place.mount)) throw new MountError('NOT_MOUNTED', `nothing is mounted at '${place.mount}'`)
  return place
}

function tagOf(fileSystem: FileSystem, { mount, path }: RequestedPath, attributes: Parameters<typeof entityTag>[2]): string {
  return entityTag(fileSystem.mounts.get(mount)?.commit?.id, fileSystem.isWritable(path), attributes)
}

async function* sent(fileSystem: FileSystem, transfers: Transfers, place: RequestedPath, { offset, length }: { offset: number; length: number }): AsyncGenerator<Uint8Array, void, undefined> {
  const transfer = transfers.start({ kind: 'read', mount: place.mount, path: belowMount(place), totalBytes: length })
  try {
    yield* fileContent(fileSystem, place.path, { offset, length, onBytes: transfer.add })
  } finally {
    transfer.end()
  }
}

/** What a writer asks for: that nothing is there yet, or that nobody else has written. Throws MountError. */
async function checkConditions(fileSystem: FileSystem, place: RequestedPath, headers: IncomingHttpHeaders): Promise<void> {
  const { 'if-match': wanted, 'if-none-match': unwanted } = headers
  if (wanted === undefined && unwanted !== '*') return
  const attributes = await fileSystem.stat(place.path).catch(() => undefined)
  if (unwanted === '*' && attributes) throw new MountError('ALREADY_EXISTS', `${place.path} exists already`)
  if (wanted !== undefined && (!attributes || (wanted !== '*' && wanted !== tagOf(fileSystem, place, attributes)))) throw new MountError('CONFLICT', `${place.path} was changed by somebody else`)
}

function belowMount({ mount, path }: RequestedPath): string {
  return path.slice(mount.length + 1) || '/'
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
