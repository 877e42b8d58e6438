/** Changes that an earlier server left in the stage directory: read, and laid over their commit again. */
import { FsError } from '../errors.js'
import { PathSelection } from '../path-selection.js'
import type { CommitTree } from '../reading/tree.js'
import { loadForPlan, planCommit } from './commit-plan.js'
import { JOURNAL_VERSION, type JournalHeader, type JournalRecord } from './journal-record.js'
import { JournalReplay } from './journal-replay.js'
import { PendingCommit, settleCommitted } from './pending-commit.js'
import type { StageArea } from './stage-area.js'
import type { StageDirectory } from './stage.js'
import type { KnownCommit, WorkingTree } from './working-tree.js'

/** What is known of left changes before pachd is asked. */
export interface LeftChanges {
  readonly header: JournalHeader
  readonly area: StageArea
  readonly selection: PathSelection | undefined
  readonly records: readonly JournalRecord[]
  /** How much of the journal was not a whole record, and was cut off. */
  readonly cutBytes: number
}

/** What was left in `stage`. What cannot be used stays where it is, and `onUnusable` is told why. */
export function findLeftChanges(stage: StageDirectory, onUnusable: (error: FsError) => void): LeftChanges[] {
  return stage.leftAreas().flatMap(({ area, records, cutBytes }) => {
    const [first] = records
    if (!isHeaderRecord(first)) {
      area.close()
      if (records.length > 0) onUnusable(new FsError('EINVAL', `${area.path} was not written by a mount-server; remove it when nothing in it is needed`))
      return []
    }
    const [, header] = first
    if (header.version > JOURNAL_VERSION) {
      area.close()
      onUnusable(new FsError('ENOTSUP', `the changes in ${area.path} were written by a newer mount-server (format ${header.version}, this one knows ${JOURNAL_VERSION}); start that version to commit them`))
      return []
    }
    const selection = new PathSelection(header.paths)
    return [{ header, area, selection: selection.isEverything ? undefined : selection, records: records as JournalRecord[], cutBytes }]
  })
}

interface Resumed {
  readonly base: { readonly known: KnownCommit; readonly tree: CommitTree } | undefined
  readonly latest: { readonly known: KnownCommit; readonly tree: CommitTree } | undefined
  readonly pending: PendingCommit | undefined
}

/** Does on `tree` what the journal says. Rejects with PachdError when pachd has to be asked and does not answer. */
export async function replayJournal({ header, area, records, selection }: LeftChanges, tree: WorkingTree): Promise<Resumed> {
  const replay = new JournalReplay(tree, (of, path) => ({ tree: of, path, selection }))
  let pending: PendingCommit | undefined
  let latest: number | undefined
  for (const [index, record] of records.entries()) {
    if (record[0] === 'sending') {
      const outcome = outcomeOf(records, index)
      if (outcome?.[0] === 'failed' && !outcome[1].isUncertain) continue
      replay.findFiles()
      await loadForPlan(tree)
      const [, after, message, mark] = record
      pending = new PendingCommit(planCommit(tree), after ?? undefined, typeof message === 'string' ? { target: header.target, message, mark: mark ?? undefined } : undefined)
    } else if (record[0] === 'done') {
      const [, number, { isBase, isOpen }] = record
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
  area.removeUnknown(new Set(replay.files.keys()))
  const numbered = (number: number | undefined) => (number === undefined ? undefined : tree.commitNumbered(number))
  return { base: numbered(replay.base), latest: numbered(latest), pending }
}

function outcomeOf(records: readonly JournalRecord[], sending: number): Extract<JournalRecord, readonly ['done' | 'failed', ...unknown[]]> | undefined {
  for (let index = sending + 1; index < records.length; index++) {
    const record = records[index]
    if (record?.[0] === 'done' || record?.[0] === 'failed') return record
  }
  return undefined
}

function isHeaderRecord(record: unknown): record is ['mount', JournalHeader] {
  if (!Array.isArray(record) || record[0] !== 'mount') return false
  const header: unknown = record[1]
  return typeof header === 'object' && header !== null && 'version' in header && typeof header.version === 'number'
}
