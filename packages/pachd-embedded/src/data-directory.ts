/** The data directory: its format, the lock that keeps a second process out, and what is opened in it. */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { ChunkStore } from './chunks/chunk-store.js'
import { PackFiles } from './chunks/pack-files.js'
import { newId } from './model/names.js'
import { tables } from './model/records.js'
import { openLmdbStore } from './store/lmdb-store.js'
import type { Store } from './store/store.js'

/** The format that this version writes. A directory of a newer format is refused, older ones will be brought up to it. */
export const FORMAT = 1

/** A data directory that cannot be opened, with what to do about it. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError'

  constructor(
    readonly code: 'LOCKED' | 'NEWER_FORMAT' | 'NOT_A_DATA_DIRECTORY',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

const openHere = new Set<string>()

/** When a process was started, to tell it from another one that got its number later; empty where nothing says so. */
function startOf(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return fields.slice(fields.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function holderOf(lock: string): number | undefined {
  const [pid = '', start = ''] = readFileSync(lock, 'utf8').split(' ')
  const number = Number(pid)
  if (!Number.isInteger(number) || number <= 0 || !isAlive(number)) return undefined
  if (number === process.pid) return openHere.has(lock) ? number : undefined
  return start === '' || startOf(number) === '' || startOf(number) === start ? number : undefined
}

function acquire(folder: string): () => void {
  const lock = join(folder, 'lock')
  for (let attempt = 0; ; attempt++) {
    try {
      const file = openSync(lock, 'wx', 0o600)
      writeFileSync(file, `${process.pid} ${startOf(process.pid)}`)
      closeSync(file)
      openHere.add(lock)
      return () => {
        openHere.delete(lock)
        rmSync(lock, { force: true })
      }
    } catch (cause) {
      const taken = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
      const holder = taken ? holderOf(lock) : undefined
      if (!taken || attempt > 3) throw cause
      if (holder !== undefined) {
        throw new DataDirectoryError('LOCKED', `${folder} is in use by process ${holder}; stop that one, or choose another directory with --data-dir`, { cause })
      }
      // Whoever made the lock is gone.
      rmSync(lock, { force: true })
    }
  }
}

function checkFormat(folder: string): void {
  const file = join(folder, 'format.json')
  if (!existsSync(file)) {
    if (existsSync(join(folder, 'rows.mdb'))) throw new DataDirectoryError('NOT_A_DATA_DIRECTORY', `${folder} has data but no format.json; it is damaged or not from pachd-embedded`)
    writeFileSync(file, `${JSON.stringify({ format: FORMAT })}\n`)
    return
  }
  const written: unknown = JSON.parse(readFileSync(file, 'utf8'))
  const format = typeof written === 'object' && written !== null && 'format' in written ? Number(written.format) : NaN
  if (!Number.isInteger(format)) throw new DataDirectoryError('NOT_A_DATA_DIRECTORY', `${file} does not say which format ${folder} has`)
  if (format > FORMAT) {
    throw new DataDirectoryError('NEWER_FORMAT', `${folder} was written by a newer pachd-embedded (format ${format}, this one knows up to ${FORMAT}); update pachd-embedded, or choose another directory with --data-dir`)
  }
}

/** What is open in a data directory. */
export interface DataDirectory {
  readonly store: Store
  readonly chunks: ChunkStore
  readonly ids: { readonly clusterId: string; readonly deploymentId: string }
  /** Makes everything durable and lets the next process in. Closing twice is fine. */
  close(): Promise<void>
}

async function stableIds(store: Store): Promise<DataDirectory['ids']> {
  return store.write(rows => {
    const [clusterId, deploymentId] = ['cluster-id', 'deployment-id'].map(key => {
      const known = tables.meta.get(rows, key)
      const id = known === undefined ? newId() : String(known)
      if (known === undefined) tables.meta.put(rows, [key], id)
      return id
    })
    return { clusterId: clusterId ?? '', deploymentId: deploymentId ?? '' }
  })
}

/** Opens a data directory, and makes it when it is missing. Throws DataDirectoryError. */
export async function openDataDirectory(path: string): Promise<DataDirectory> {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const folder = realpathSync(path)
  const release = acquire(folder)
  try {
    checkFormat(folder)
    const store = openLmdbStore(join(folder, 'rows.mdb'))
    const packs = new PackFiles(join(folder, 'packs'))
    const ids = await stableIds(store)
    let closed: Promise<void> | undefined
    const close = async () => {
      await packs.close()
      await store.durable()
      await store.close()
      release()
    }
    return { store, chunks: new ChunkStore(store, packs), ids, close: () => (closed ??= close()) }
  } catch (error) {
    release()
    throw error
  }
}
