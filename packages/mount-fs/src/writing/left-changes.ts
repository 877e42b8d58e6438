/** Changes that an earlier server left in the stage directory: read, and laid over their commit again. */
import { FsError } from '../errors.js'
import { PathSelection } from '../path-selection.js'
import type { CommitTree } from '../reading/tree.js'
import { loadForPlan, planCommit } from './commit-plan.js'
import type { JournalDamage } from './journal.js'
import { isHeaderRecord, isJournalRecord, isOfUnknownKind } from './journal-check.js'
import { JOURNAL_VERSION, type JournalHeader, type JournalRecord } from './journal-record.js'
import { JournalReplay } from './journal-replay.js'
import { type KeptAside, keepAside } from './kept-aside.js'
import { PendingCommit, settleCommitted } from './pending-commit.js'
import type { LeftArea, StageArea } from './stage-area.js'
import type { StageDirectory } from './stage.js'
import type { DirectoryNode } from './working-node.js'
import type { KnownCommit, WorkingTree } from './working-tree.js'

/** What is known of left changes before pachd is asked. */
export interface LeftChanges {
  readonly header: JournalHeader
  readonly area: StageArea
  readonly selection: PathSelection | undefined
  readonly records: readonly JournalRecord[]
  /** Set when not all of the journal could be read: the other records count. */
  readonly damage: JournalDamage | undefined
}

/** What was left in `stage`. What cannot be used stays where it is, or is kept aside, and `onUnusable` gets the reason. */
export function findLeftChanges(stage: StageDirectory, onUnusable: (error: FsError) => void): LeftChanges[] {
  return stage.leftAreas().flatMap(left => {
    const changes = changesIn(left)
    if (!(changes instanceof FsError)) return changes ?? []
    left.area.close()
    onUnusable(changes)
    return []
  })
}

/** The changes in an area, or why there are none; undefined when nothing was ever written to it. */
function changesIn({ area, records, damage }: LeftArea): LeftChanges | FsError | undefined {
  const headers = records.filter(isHeaderRecord)
  const version = headers.reduce((newest, [, header]) => Math.max(newest, header.version), 0)
  if (version > JOURNAL_VERSION) {
    return new FsError('ENOTSUP', `the changes in ${area.path} were written by a newer mount-server (format ${version}, this one knows ${JOURNAL_VERSION}); start that version to commit them`)
  }
  const understood = records.filter(isJournalRecord)
  const header = understood.find(record => record[0] === 'mount')?.[1]
  if (header) {
    const selection = new PathSelection(header.paths)
    const isWhole = understood.length === records.filter(record => !isOfUnknownKind(record)).length
    const found = damage ?? (isWhole ? undefined : { damagedBytes: 0, bytes: Buffer.alloc(0) })
    return { header, area, selection: selection.isEverything ? undefined : selection, records: understood, damage: found }
  }
  if (records.length > 0 && understood.length === 0) return new FsError('EINVAL', `${area.path} was not written by a mount-server; remove it when nothing in it is needed`)
  try {
    const files = area.filesOnDisk()
    const kept = files.length > 0 || damage ? keepAside(area, { mount: undefined, damage, files, doubtful: [] }) : undefined
    void area.remove()
    return kept && new FsError('EIO', `the record of changes in ${area.path} is lost, with the name of their mount. ${adviceOn(kept)}`)
  } catch (error) {
    return FsError.from(error)
  }
}

/** A sentence about bytes that are kept aside, with what to do. */
export function adviceOn({ directory, files }: KeptAside): string {
  const names = files.map(({ name, sizeBytes }) => `${name} (${String(sizeBytes)} bytes)`)
  return `What no record explains is kept in ${directory}: ${names.slice(0, 10).join(', ')}${names.length > 10 ? ` and ${String(names.length - 10)} more` : ''}. Copy what you need into the mount, then remove the directory`
}

interface Resumed {
  readonly base: { readonly known: KnownCommit; readonly tree: CommitTree } | undefined
  readonly latest: { readonly known: KnownCommit; readonly tree: CommitTree } | undefined
  readonly pending: PendingCommit | undefined
  /** What is damaged, and where its bytes are kept, in a sentence. */
  readonly damage: string | undefined
}

/** Does on `tree` what the journal says. Rejects with PachdError when pachd has to be asked and does not answer. */
export async function replayJournal(left: LeftChanges, tree: WorkingTree): Promise<Resumed> {
  const { header, area, records, selection, damage } = left
  const replay = new JournalReplay(tree, (of, path) => ({ tree: of, path, selection }), { isLenient: damage !== undefined })
  let pending: PendingCommit | undefined
  let latest: number | undefined
  for (const [index, record] of records.entries()) {
    if (record[0] === 'sending') {
      const outcome = outcomeOf(records, index)
      if (outcome?.[0] === 'failed' && !outcome[1].isUncertain) continue
      replay.findFiles()
      await loadForPlan(tree)
      pending?.release(area)
      const [, after, message, mark] = record
      pending = new PendingCommit(planCommit(tree), after ?? undefined, typeof message === 'string' ? { target: header.target, message, mark: mark ?? undefined } : undefined)
    } else if (record[0] === 'done') {
      const [, number, { isBase, isOpen }] = record
      if (damage && !tree.isKnownNumber(number)) continue
      if (pending) settleCommitted(tree, pending.plan, tree.commitNumbered(number).tree, { isOpen })
      pending?.release(area)
      pending = undefined
      if (isBase) replay.base = number
      latest = isBase ? undefined : number
    } else if (record[0] === 'failed') {
      if (record[1].isUncertain) pending?.giveUp(tree)
      pending?.release(area)
      pending = undefined
    } else if (record[0] === 'latest') {
      latest = record[1]
    } else {
      replay.apply(record)
    }
  }
  replay.finish()
  const kept = settleFiles(left, replay, tree, pending)
  const numbered = (number: number | undefined) => (number === undefined || (damage && !tree.isKnownNumber(number)) ? undefined : tree.commitNumbered(number))
  return { base: numbered(replay.base), latest: numbered(latest), pending, damage: kept && damageOf(left, replay, kept) }
}

/** Deletes staged files that are not needed, and keeps aside those that damage may have made seem so. */
function settleFiles({ header, area, records, damage }: LeftChanges, { files: named }: JournalReplay, tree: WorkingTree, pending: PendingCommit | undefined): KeptAside | undefined {
  const last = records.reduce((highest, record) => Math.max(highest, record[0] === 'last' ? record[1] : record[0] === 'mount' ? (record[1].last ?? Infinity) : 0), 0)
  const used = new Set([...usedFiles(tree.root), ...(pending?.plan.files ?? []).flatMap(({ content }) => (content.at === 'stage' ? [content.file.id] : []))])
  const files = area.filesOnDisk().filter(id => (damage ? !used.has(id) : !named.has(id) && id > last))
  const doubtful = [...used].filter(id => (damage ? named.get(id)?.under !== undefined : named.get(id)?.hidesBytes === true))
  const kept = damage || files.length + doubtful.length > 0 ? keepAside(area, { mount: header.name, damage, files, doubtful }) : undefined
  area.removeUnknown(new Set(named.keys()))
  return kept
}

function damageOf({ header, records, damage }: LeftChanges, { misfits }: JournalReplay, kept: KeptAside): string {
  const lost = damage ? `${String(damage.damagedBytes)} bytes cannot be read, ${String(records.length - misfits)} records can` : 'its end is missing'
  return `the record of the changes in '${header.name}' is damaged: ${lost}. ${adviceOn(kept)}`
}

function* usedFiles(directory: DirectoryNode): Generator<number, void, undefined> {
  for (const child of directory.children.values()) {
    if (child.kind === 'directory') yield* usedFiles(child)
    else if (child.kind === 'file' && child.content.at === 'stage') yield child.content.file.id
  }
}

function outcomeOf(records: readonly JournalRecord[], sending: number): Extract<JournalRecord, readonly ['done' | 'failed', ...unknown[]]> | undefined {
  for (let index = sending + 1; index < records.length; index++) {
    const record = records[index]
    if (record?.[0] === 'done' || record?.[0] === 'failed') return record
  }
  return undefined
}
