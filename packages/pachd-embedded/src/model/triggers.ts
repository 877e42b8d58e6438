/** Triggers: branches that follow another branch of their repo when enough has happened there. */
import { refused } from '../model-error.js'
import type { Rows } from '../store/store.js'
import type { Change } from './change.js'
import { findCommit } from './commit-reference.js'
import { ancestorsFrom, findBranch, isBranchOf } from './commits.js'
import { cronIsDue } from './cron.js'
import type { BranchName } from './names.js'
import { repoKey, tables, toMs } from './records.js'
import type { BranchRecord, CommitRecord, TriggerRecord } from './records.js'

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12, p: 1e15, ki: 2 ** 10, mi: 2 ** 20, gi: 2 ** 30, ti: 2 ** 40, pi: 2 ** 50 }

/** The bytes of a size such as `100M` or `1.5GiB`; undefined for a text that is none. */
export function parseSize(text: string): number | undefined {
  const parts = /^(\d+(?:\.\d+)?)\s*([kmgtp]?i?)b?$/i.exec(text.trim())
  const unit = UNITS[(parts?.[2] ?? '-').toLowerCase()]
  return parts && unit !== undefined ? Number(parts[1]) * unit : undefined
}

/** Throws unless a branch may have this trigger. */
export function checkTrigger(rows: Rows, branch: BranchName, trigger: TriggerRecord): void {
  if (trigger.branch === '') throw refused('triggers must specify a branch to trigger on')
  if (trigger.size !== '' && parseSize(trigger.size) === undefined) throw refused(`unable to parse trigger size "${trigger.size}": write a number and a unit, such as 100M`)
  if (trigger.commits < 0) throw refused(`trigger commits cannot be negative (${trigger.commits})`)
  for (const spec of [trigger.cronSpec, trigger.rateLimitSpec]) {
    if (spec !== '' && cronIsDue(spec, 0, 0) === undefined) throw refused(`invalid trigger cron spec "${spec}"`)
  }
  for (let at: string | undefined = trigger.branch; at !== undefined; at = findBranch(rows, { repo: branch.repo, name: at })?.trigger?.branch) {
    if (at === branch.name) throw refused('triggers cannot form a loop')
  }
}

/** Moves the branches that follow the branch of a commit that was finished without error. */
export function fireTriggers(change: Change, finished: CommitRecord): void {
  const { rows } = change
  const { repo } = finished.commit
  for (const record of [...tables.branches.list(rows, ...repoKey(repo))]) {
    const { trigger } = record
    if (!trigger || !isBranchOf(finished, { repo, name: trigger.branch }) || record.head === finished.commit.id) continue
    if (!isDue(rows, record, trigger, finished)) continue
    change.putBranch({ ...record, head: finished.commit.id })
    change.moveHead(record.branch)
    fireTriggers(change, { ...finished, branch: record.branch.name })
  }
}

function isDue(rows: Rows, record: BranchRecord, trigger: TriggerRecord, finished: CommitRecord): boolean {
  const head = findCommit(rows, { repo: record.branch.repo, id: record.head })
  const since = [...commitsSince(rows, finished, record.head)]
  const size = parseSize(trigger.size)
  const sinceMs = head ? toMs(head.finished ?? head.started) : 0
  const conditions = [
    size === undefined ? [] : [finished.size - (head?.size ?? 0) >= size],
    trigger.commits === 0 ? [] : [since.length >= trigger.commits],
    ...[trigger.rateLimitSpec, trigger.cronSpec].map(spec => (spec === '' ? [] : [cronIsDue(spec, sinceMs, toMs(finished.finished ?? finished.started)) ?? false])),
  ].flat()
  if (conditions.length === 0) return false
  return trigger.all ? conditions.every(Boolean) : conditions.some(Boolean)
}

/** The commits of users from the finished one back to the head of the triggered branch. */
function* commitsSince(rows: Rows, finished: CommitRecord, head: string): Generator<CommitRecord> {
  for (const commit of ancestorsFrom(rows, finished)) {
    if (commit.commit.id === head) return
    if (commit.origin === 'USER') yield commit
  }
}
