/** pfs_v2, the methods that read files: one file, listings, patterns, archives, differences. */
import type { BytesValue, pfs } from '@jupyterlab-pachyderm/pachd-proto'

import { readContentBytes } from '../chunks/content-reader.js'
import { ModelError, notFound, refused } from '../model-error.js'
import { parentOf, resolveCommit } from '../model/commit-reference.js'
import { asDirectory, cleanPath } from '../model/file-paths.js'
import { search, searchDeep } from '../model/file-search.js'
import type { FileView, Item, Page } from '../model/file-view.js'
import { Glob } from '../model/glob.js'
import { tarEnd, tarHeader, tarPadding } from '../model/tar.js'
import { inPlace } from './bytes-answer.js'
import type { Call } from './call.js'
import { openCommit, requireFile } from './pfs-context.js'
import type { OpenedCommit, PfsContext } from './pfs-context.js'
import { fromCommit, toFileInfo } from './wire.js'

const MOST_FILES = 100_000
/** Small pieces of an archive are sent together up to this size. */
const ARCHIVE_MESSAGE_BYTES = 1024 * 1024
/** So many small files are read at the same time for an archive. */
const FILES_AHEAD = 128

/** So many files are compared before others get their turn. */
const FILES_AT_A_TIME = 500

const missingFile = (path: string, { repo, writtenId }: OpenedCommit): ModelError => notFound(`file ${path} not found in repo ${repo} at commit ${writtenId}`)

function checkPage({ number, reverse }: { number: number; reverse: boolean }): void {
  if (number > MOST_FILES) throw refused(`cannot return more than ${MOST_FILES} files at a time`)
  if (number < 0) throw refused(`number (${number}) must not be negative`)
  if (reverse && number === 0) throw refused('number must be > 0 when reverse is true')
}

/** The marker of a page; the path of a directory is that of FileInfo, with its slash. */
function pageOf({ paginationMarker, number, reverse }: pfs.ListFileRequest | pfs.WalkFileRequest): Page {
  const after = paginationMarker && paginationMarker.path !== '' ? paginationMarker.path : undefined
  const clean = after === undefined ? undefined : after.endsWith('/') ? asDirectory(cleanPath(after)) : cleanPath(after)
  return { number, reverse, ...(clean !== undefined && { after: clean }) }
}

async function* infos({ view, origin }: OpenedCommit, items: Iterable<Item> | AsyncIterable<Item>): AsyncGenerator<pfs.FileInfo, void, undefined> {
  for await (const item of items) {
    const info = toFileInfo(view, item, origin)
    yield info instanceof Promise ? await info : info
  }
}

/** Reading methods of pfs_v2. */
export function fileMethods(context: PfsContext) {
  const { pachd } = context
  const chunks = pachd.engine.chunks

  async function* getFile(request: pfs.GetFileRequest, call: Call): AsyncGenerator<BytesValue, void, undefined> {
    const file = requireFile(request.file)
    let opened: OpenedCommit
    try {
      checkExport(request)
      if (request.offset < 0) throw new ModelError('INVALID_ARGUMENT', `offset (${request.offset}) must not be negative`)
      opened = await openCommit(context, call, file.commit, ['REPO_READ'], file.datum)
    } catch (error) {
      throw ModelError.within('get file', error)
    }
    const found = await onlyFile(opened, file.path, request.pathRange)
    const owner = `${opened.repo}@${opened.id}:${found.path}`
    for await (const value of readContentBytes(chunks, found.content, { offset: request.offset, owner })) yield inPlace(value)
  }

  async function onlyFile(opened: OpenedCommit, path: string, range: pfs.PathRange | undefined): Promise<Extract<Item, { kind: 'file' }>> {
    const found: Item[] = []
    for await (const item of search(opened.view, new Glob(path), range)) {
      found.push(item)
      if (found.length > 1) break
    }
    const [item, other] = found
    if (!item) throw missingFile(path, opened)
    if (item.kind === 'directory') throw refused('cannot get directory or non-regular file. Use GetFileTAR instead')
    if (other) throw refused('matched multiple files. Use GetFileTAR instead')
    return item
  }

  async function* getFileTAR(request: pfs.GetFileRequest, call: Call): AsyncGenerator<BytesValue, void, undefined> {
    const file = requireFile(request.file)
    checkExport(request)
    const opened = await openCommit(context, call, file.commit, ['REPO_READ'], file.datum)
    const items = searchDeep(opened.view, new Glob(file.path), request.pathRange)
    const first = await items.next()
    if (first.done) throw missingFile(file.path, opened)
    yield* together(archive(opened, chained(first.value, items)))
  }

  async function* archive({ repo, id }: OpenedCommit, items: AsyncIterable<Item>): AsyncGenerator<Buffer, void, undefined> {
    for await (const group of groupsOf(items, FILES_AHEAD)) {
      const isSmall = (item: Item) => item.kind === 'file' && item.content.size > 0 && item.content.size <= ARCHIVE_MESSAGE_BYTES / 16
      const bytes = await Promise.all(group.map(async item => (item.kind === 'file' && isSmall(item) ? chunks.read(item.content.hash, `${repo}@${id}:${item.path}`) : undefined)))
      for (const [i, item] of group.entries()) {
        const size = item.kind === 'file' ? item.content.size : 0
        yield tarHeader(item.path, size)
        const small = bytes[i]
        if (small) yield small
        else if (item.kind === 'file') yield* readContentBytes(chunks, item.content, { owner: `${repo}@${id}:${item.path}` })
        if (size > 0) yield tarPadding(size)
      }
    }
    yield tarEnd()
  }

  async function* listFile(request: pfs.ListFileRequest, call: Call): AsyncGenerator<pfs.FileInfo, void, undefined> {
    const file = requireFile(request.file)
    checkPage(request)
    const opened = await openCommit(context, call, file.commit, ['REPO_LIST_FILE'], file.datum)
    yield* infos(opened, opened.view.list(file.path, pageOf(request)))
  }

  async function* walkFile(request: pfs.WalkFileRequest, call: Call): AsyncGenerator<pfs.FileInfo, void, undefined> {
    const file = requireFile(request.file)
    checkPage(request)
    const opened = await openCommit(context, call, file.commit, ['REPO_READ', 'REPO_LIST_FILE'], file.datum)
    const path = cleanPath(file.path)
    if (path !== '/' && !opened.view.find(path)) throw notFound(`commit/${opened.id} does not contain item: (${path})`)
    yield* infos(opened, opened.view.walk(path, pageOf(request)))
  }

  async function* globFile(request: pfs.GlobFileRequest, call: Call): AsyncGenerator<pfs.FileInfo, void, undefined> {
    const opened = await openCommit(context, call, request.commit, ['REPO_READ', 'REPO_LIST_FILE'])
    yield* infos(opened, search(opened.view, new Glob(request.pattern), request.pathRange))
  }

  async function* diffFile(request: pfs.DiffFileRequest, call: Call): AsyncGenerator<pfs.DiffFileResponse, void, undefined> {
    const file = requireFile(request.newFile)
    const young = await openCommit(context, call, file.commit, ['REPO_READ'], file.datum)
    const old = await oldSide(request, file, call)
    const path = old ? (request.oldFile?.path ?? file.path) : file.path
    yield* differences(young, young.view.walk(file.path), old, old?.view.walk(path))
  }

  async function oldSide(request: pfs.DiffFileRequest, file: pfs.File, call: Call): Promise<OpenedCommit | undefined> {
    if (request.oldFile) return openCommit(context, call, request.oldFile.commit, ['REPO_READ'], request.oldFile.datum)
    const record = resolveCommit(pachd.rows, fromCommit(file.commit))
    const parent = parentOf(pachd.rows, record)
    if (!parent) return undefined
    return openCommit(context, call, { repo: file.commit?.repo ?? file.commit?.branch?.repo, id: parent.commit.id, branch: undefined }, ['REPO_READ'], file.datum)
  }

  async function inspectFile(request: pfs.InspectFileRequest, call: Call): Promise<pfs.FileInfo> {
    const file = requireFile(request.file)
    const opened = await openCommit(context, call, file.commit, ['REPO_INSPECT_FILE'], file.datum)
    const item = opened.view.find(file.path)
    if (!item) throw missingFile(file.path === '' ? '/' : file.path, opened)
    return toFileInfo(opened.view, item, opened.origin)
  }

  return { getFile, getFileTAR, listFile, walkFile, globFile, diffFile, inspectFile }
}

function checkExport({ URL }: pfs.GetFileRequest): void {
  if (URL !== '') throw new ModelError('UNIMPLEMENTED', 'pachd-embedded does not write files to object stores; read the file and store it yourself')
}

async function* chained(first: Item, rest: AsyncIterable<Item>): AsyncGenerator<Item> {
  yield first
  yield* rest
}

async function* groupsOf(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let group: Item[] = []
  for await (const item of items) {
    group.push(item)
    if (group.length < size) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}

/** Puts small pieces together, so that an archive of small files is few messages. */
async function* together(pieces: AsyncIterable<Buffer>): AsyncGenerator<BytesValue, void, undefined> {
  let held: Buffer[] = []
  let bytes = 0
  for await (const piece of pieces) {
    held.push(piece)
    bytes += piece.length
    if (bytes < ARCHIVE_MESSAGE_BYTES) continue
    yield { value: Buffer.concat(held) }
    held = []
    bytes = 0
  }
  if (bytes > 0) yield { value: Buffer.concat(held) }
}

/** Two walks side by side: what is on one side only, or has another hash. */
async function* differences(young: OpenedCommit, youngItems: Iterator<Item, void, undefined>, old: OpenedCommit | undefined, oldItems: Iterator<Item, void, undefined> | undefined): AsyncGenerator<pfs.DiffFileResponse, void, undefined> {
  const info = async (side: OpenedCommit, item: Item) => toFileInfo(side.view, item, side.origin)
  let a = youngItems.next()
  let b = oldItems?.next() ?? { done: true as const, value: undefined }
  for (let seen = 1; !a.done || !b.done; seen++) {
    // Two trees that are nearly the same give few answers, and others want their turn.
    if (seen % FILES_AT_A_TIME === 0) await new Promise(setImmediate)
    const [left, right] = [a.done ? undefined : a.value, b.done ? undefined : b.value]
    if (left && (!right || left.path < right.path)) {
      yield { newFile: await info(young, left), oldFile: undefined }
      a = youngItems.next()
    } else if (right && old && (!left || right.path < left.path)) {
      yield { newFile: undefined, oldFile: await info(old, right) }
      b = oldItems?.next() ?? b
    } else if (left && right && old) {
      const [newFile, oldFile] = [await info(young, left), await info(old, right)]
      if (!Buffer.from(newFile.hash).equals(oldFile.hash)) yield { newFile, oldFile }
      a = youngItems.next()
      b = oldItems?.next() ?? b
    }
  }
}

/** Whether a path has the same content in two views. */
export async function isSameIn(path: string, a: FileView, b: FileView): Promise<boolean> {
  const [left, right] = [a.find(path), b.find(path)]
  if (!left || !right) return left === right
  return (await a.hashOf(left)).equals(await b.hashOf(right))
}
