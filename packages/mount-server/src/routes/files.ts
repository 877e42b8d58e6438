/** Files of the mounts over HTTP: everything that works below the mount directory works here without it. */
import { COMMIT_HEADER, routes } from '@jupyterlab-pachyderm/mount-api'
import { FsError, type FileSystem, type Place, type Volume } from '@jupyterlab-pachyderm/mount-fs'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import { Readable } from 'node:stream'
import type { IncomingHttpHeaders } from 'node:http'

import { MountError } from '../errors.js'
import { directoryPage } from '../files/directory-page.js'
import { answerFile, entityTag, type FileAnswer, matches } from '../files/file-answer.js'
import { fileContent } from '../files/file-content.js'
import { type RequestedPath, requestedPath } from '../files/request-path.js'
import { makeDirectories, removeTree, upload } from '../files/upload.js'
import { on } from '../on.js'
import type { Transfers } from '../transfers.js'

/** What files over HTTP work with. */
export interface FileRouteParts {
  readonly fileSystem: FileSystem
  /** What a mount shows of another commit. */
  readonly volumeAt: (mount: string, commitId: string) => Promise<Volume>
  readonly transfers: Transfers
  /** A directory on a local disk for uploads that are not whole yet. */
  readonly waitingRoom: string
}

/** GET, HEAD, PUT and DELETE /files/:mount/*. */
export function fileRoutes({ fileSystem, volumeAt, transfers, waitingRoom }: FileRouteParts): FastifyPluginCallbackTypebox {
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
          const requested = mounted(fileSystem, request.url)
          // All of one answer is read in the place that was found first: the mount may move to another commit meanwhile.
          const { place, commitId } = await placeOf(fileSystem, volumeAt, requested, request.query.commit)
          const { kind } = await fileSystem.stat(place)
          void reply.header('allow', place.volume.isWritable ? 'GET, HEAD, PUT, DELETE' : 'GET, HEAD')
          if (commitId !== undefined) void reply.header(COMMIT_HEADER, commitId)
          if (kind === 'directory') return reply.header('cache-control', 'private, no-cache').send(await directoryPage(fileSystem, place, requested.path, request.query))
          if (kind === 'link') throw new MountError('BAD_REQUEST', `${requested.path} is a symbolic link to ${await fileSystem.readlink(requested.path)}; ask for that`)
          const handle = await fileSystem.open(place)
          try {
            const state = fileSystem.describe(handle)
            const answer = answerFile(request.headers, { name: nameOf(requested.path), tag: entityTag(state), attributes: state.attributes, download: request.query.download ?? false })
            void reply.code(answer.status).headers(answer.headers)
            if (answer.status === 304 || request.method === 'HEAD') {
              await fileSystem.release(handle)
              return await reply.send()
            }
            const content = Readable.from(sent(fileSystem, transfers, requested, handle, answer), { objectMode: false })
            content.once('close', () => void fileSystem.release(handle))
            return await reply.send(content)
          } catch (error) {
            await fileSystem.release(handle)
            throw error
          }
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

/** Where a request reads, and of which finished commit; a writable mount shows none. */
async function placeOf(fileSystem: FileSystem, volumeAt: FileRouteParts['volumeAt'], { mount, path }: RequestedPath, commitId: string | undefined): Promise<{ place: Place; commitId: string | undefined }> {
  const place = fileSystem.locate(path)
  if (commitId !== undefined) return { place: { ...place, volume: await volumeAt(mount, commitId) }, commitId }
  const shown = fileSystem.mounts.get(mount)
  return { place, commitId: shown?.mode === 'ro' && shown.commit?.openView === undefined ? shown.commit?.id : undefined }
}

async function* sent(fileSystem: FileSystem, transfers: Transfers, place: RequestedPath, handle: number, { offset, length }: FileAnswer): AsyncGenerator<Uint8Array, void, undefined> {
  const transfer = transfers.start({ kind: 'read', mount: place.mount, path: belowMount(place), totalBytes: length })
  try {
    yield* fileContent(fileSystem, { handle, path: place.path, offset, length, onBytes: transfer.add })
  } finally {
    transfer.end()
  }
}

/** What a writer asks for: that nothing is there yet, or that nobody else has written. Throws MountError. */
async function checkConditions(fileSystem: FileSystem, place: RequestedPath, headers: IncomingHttpHeaders): Promise<void> {
  const { 'if-match': wanted, 'if-none-match': unwanted } = headers
  if (wanted === undefined && unwanted !== '*') return
  const exists = await isThere(fileSystem, place.path)
  if (unwanted === '*' && exists) throw new MountError('ALREADY_EXISTS', `${place.path} exists already`)
  if (wanted !== undefined && (!exists || !matches(wanted, await tagOf(fileSystem, place.path)))) throw new MountError('CONFLICT', `${place.path} was changed by another writer`)
}

async function isThere(fileSystem: FileSystem, path: string): Promise<boolean> {
  try {
    await fileSystem.stat(path)
    return true
  } catch (error) {
    if (error instanceof FsError && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return false
    throw error
  }
}

async function tagOf(fileSystem: FileSystem, path: string): Promise<string> {
  const handle = await fileSystem.open(path)
  try {
    return entityTag(fileSystem.describe(handle))
  } finally {
    await fileSystem.release(handle)
  }
}

function belowMount({ mount, path }: RequestedPath): string {
  return path.slice(mount.length + 1) || '/'
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
