/** pfs_v2, the methods about what lies below files: pieces of file sets, the stored chunks, and the cache of its users. */
import { createHash } from 'node:crypto'

import { Any, Empty } from '@jupyterlab-pachyderm/pachd-proto'
import type { pfs, task } from '@jupyterlab-pachyderm/pachd-proto'

import { CHUNK_ROWS, hashOfChunkRow } from '../chunks/chunk-store.js'
import { ModelError, notFound } from '../model-error.js'
import { fileSetTree, keepFileSet, requireFileSet } from '../model/file-sets.js'
import { tables } from '../model/records.js'
import { pathOfKey } from '../tree/tree-node.js'
import type { PfsContext } from './pfs-context.js'
import { required } from './wire.js'

/** So many rows are looked at before others get their turn. */
const ROWS_AT_A_TIME = 5000

const empty = (): Empty => Empty.fromPartial({})
const cacheKey = (key: string): string => createHash('sha256').update(key).digest('hex')

/** Methods of pfs_v2 about storage. */
export function storageMethods({ pachd }: PfsContext) {
  /** Cuts the files of a file set into ranges of at most so many files and about so many bytes. */
  async function shardFileSet({ fileSetId, numFiles, sizeBytes }: pfs.ShardFileSetRequest) {
    const shards: pfs.PathRange[] = []
    let lower = ''
    let files = 0
    let bytes = 0
    let seen = 0
    const tree = await fileSetTree(pachd, fileSetId)
    for (const { key, content } of tree.from('')) {
      const isFull = (numFiles > 0 && files >= numFiles) || (sizeBytes > 0 && bytes >= sizeBytes)
      if (isFull && pathOfKey(key) !== lower) {
        shards.push({ lower, upper: pathOfKey(key) })
        lower = pathOfKey(key)
        files = 0
        bytes = 0
      }
      files++
      bytes += content.size
      if (++seen % ROWS_AT_A_TIME === 0) await new Promise(setImmediate)
    }
    return { shards: [...shards, { lower, upper: '' }] }
  }

  /** Counts the chunks from one hash to another; reads each if that is wanted. Throws DATA_LOSS for one that is damaged. */
  async function checkStorage({ readChunkData, chunkBegin, chunkEnd }: pfs.CheckStorageRequest) {
    let chunkObjectCount = 0
    let seen = 0
    for (const { key } of pachd.rows.range(CHUNK_ROWS)) {
      if (++seen % ROWS_AT_A_TIME === 0) await new Promise(setImmediate)
      const hash = hashOfChunkRow(key)
      if (Buffer.compare(hash, chunkBegin) < 0 || (chunkEnd.length > 0 && Buffer.compare(hash, chunkEnd) >= 0)) continue
      if (readChunkData) await pachd.engine.chunks.read(hash, `chunk ${hash.toString('hex')}`)
      chunkObjectCount++
    }
    return { chunkObjectCount }
  }

  async function putCache({ key, value, fileSetIds, tag }: pfs.PutCacheRequest) {
    const wire = value ? Buffer.from(Any.encode(value).finish()).toString('base64') : ''
    await pachd.change(({ rows }) => {
      for (const id of fileSetIds) keepFileSet(rows, requireFileSet(rows, id), { forGood: true })
      tables.cache.put(rows, [cacheKey(key)], { tag, value: wire, fileSetIds })
    })
    return empty()
  }

  function getCache({ key }: pfs.GetCacheRequest) {
    const entry = tables.cache.get(pachd.rows, cacheKey(key))
    if (!entry) throw notFound(`cache entry "${key.slice(0, 200)}" not found`)
    return { value: entry.value === '' ? undefined : Any.decode(Buffer.from(entry.value, 'base64')) }
  }

  /** Forgets the entries whose tag begins so; their file sets live on for the usual time. */
  async function clearCache({ tagPrefix }: pfs.ClearCacheRequest) {
    await pachd.change(({ rows }) => {
      for (const [[hash], { tag, fileSetIds }] of [...tables.cache.entries(rows)]) {
        if (hash === undefined || !tag.startsWith(tagPrefix)) continue
        for (const id of fileSetIds) {
          const fileSet = tables.fileSets.get(rows, id)
          if (fileSet) keepFileSet(rows, fileSet, { forGood: false })
        }
        tables.cache.remove(rows, hash)
      }
    })
    return empty()
  }

  return {
    shardFileSet,
    checkStorage,
    putCache,
    getCache,
    clearCache,
    listTask,
    egress(): never {
      throw new ModelError('UNIMPLEMENTED', 'pachd-embedded does not write to object stores or databases; read the files of the commit and store them yourself')
    },
    forgetCommit(): never {
      throw new ModelError('UNIMPLEMENTED', 'pachd-embedded keeps the files of a commit as long as the commit; squash or drop the commit to get their space back')
    },
  }
}

/** There are no tasks: what pachd gives to its workers is done within the call here. */
export function listTask({ group }: task.ListTaskRequest): never[] {
  required(group, 'ListTaskRequest', 'Group')
  return []
}
