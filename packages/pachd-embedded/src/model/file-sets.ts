/** File sets: changes that belong to no commit yet, kept for a while under an id of their own. */
import { refused } from '../model-error.js'
import type { Rows, WritableRows } from '../store/store.js'
import type { TreeReader } from '../tree/tree-reader.js'
import { newId } from './names.js'
import type { Pachd } from './pachd.js'
import { tables } from './records.js'
import type { FileSetRecord, Layer } from './records.js'

/** How long a file set lives when nobody says otherwise. */
export const FILE_SET_SECONDS = 600
const LONGEST_SECONDS = 1800

/** Throws unless a file set may be kept for so long. */
export function checkTtl(seconds: number): void {
  if (seconds < 1) throw refused(`ttl (${seconds}) must be at least one second`)
  if (seconds > LONGEST_SECONDS) throw refused(`ttl (${seconds * 1e9}) exceeds max ttl (${LONGEST_SECONDS * 1e9})`)
}

/** Keeps layers as a file set and gives its id. */
export function addFileSet(rows: WritableRows, layers: readonly Layer[], seconds = FILE_SET_SECONDS): string {
  const id = newId()
  tables.fileSets.put(rows, [id], { id, layers, expiresMs: Date.now() + seconds * 1000 })
  return id
}

/** The file set of this id. Throws UNKNOWN when it is not there or its time is over. */
export function requireFileSet(rows: Rows, id: string): FileSetRecord {
  const record = tables.fileSets.get(rows, id)
  if (!record || record.expiresMs < Date.now()) throw refused('path does not exist')
  return record
}

/** Lets a file set live for so long from now on. */
export function renewFileSet(rows: WritableRows, id: string, seconds: number): void {
  checkTtl(seconds)
  tables.fileSets.put(rows, [id], { ...requireFileSet(rows, id), expiresMs: Date.now() + seconds * 1000 })
}

/** Lets a file set live until somebody says otherwise, or for the usual time from now on. */
export function keepFileSet(rows: WritableRows, record: FileSetRecord, { forGood }: { forGood: boolean }): void {
  tables.fileSets.put(rows, [record.id], { ...record, expiresMs: forGood ? Number.MAX_SAFE_INTEGER : Date.now() + FILE_SET_SECONDS * 1000 })
}

/** The layers of a file set for somebody else: their segments have more than one user from now on. */
export const lentLayers = ({ layers }: FileSetRecord): Layer[] => layers.map(layer => (layer.kind === 'segment' ? { ...layer, shared: true } : layer))

/** The files of a file set, as if it were a commit without a parent. */
export async function fileSetTree(pachd: Pachd, id: string): Promise<TreeReader> {
  const { layers, root: known } = requireFileSet(pachd.rows, id)
  if (known !== undefined) return pachd.engine.tree(known)
  const root = await pachd.engine.materialise(0, layers, `file set ${id}`, async made => {
    await pachd.store.write(rows => {
      const record = tables.fileSets.get(rows, id)
      if (record) tables.fileSets.put(rows, [id], { ...record, root: made })
    })
    return made
  })
  return pachd.engine.tree(root)
}
