/** What the input of a pipeline reads: which branches, under which names, and what is no input of a pipeline. */
import type { pps } from '@jupyterlab-pachyderm/pachd-proto'

import { refused } from '../model-error.js'
import { cronIsDue } from '../model/cron.js'
import { USER_REPO } from '../model/names.js'
import type { BranchName } from '../model/names.js'
import type { TriggerRecord } from '../model/records.js'
import { fromTrigger } from './wire.js'

/** A branch that a pipeline reads. */
export interface Source {
  readonly branch: BranchName
  /** Commits of the branch do not spread to the pipeline. */
  readonly isSilent: boolean
  /** The branch follows another one of its repo. */
  readonly trigger?: TriggerRecord
  /** The repo is the pipeline's own, for the ticks of a clock. */
  readonly isClock: boolean
}

/** The leaves of an input in order, and their names. Throws UNKNOWN for an input that no pipeline can have. */
export function sourcesOf(input: pps.Input, pipeline: { readonly project: string; readonly name: string }): Source[] {
  const sources: Source[] = []
  const visit = (node: pps.Input): string[] => {
    const lists = [node.cross, node.join, node.group, node.union].filter(list => list.length > 0)
    const kinds = lists.length + (node.pfs ? 1 : 0) + (node.cron ? 1 : 0)
    if (kinds === 0) throw refused('no input set')
    if (kinds > 1) throw refused('multiple input types set')
    if (node.pfs) {
      sources.push(fromFiles(node.pfs, pipeline, sources.length))
      return [node.pfs.name || node.pfs.repo]
    }
    if (node.cron) {
      sources.push(fromClock(node.cron, pipeline))
      return [node.cron.name]
    }
    const names = (lists[0] ?? []).map(visit)
    // Only the children of a union may share a name.
    const all = node.union.length > 0 ? [...new Set(names.flat())] : names.flat()
    const repeated = all.find((name, at) => all.indexOf(name) !== at)
    if (repeated !== undefined) throw refused(`name "${repeated}" was used more than once`)
    return all
  }
  for (const name of visit(input)) checkName(name)
  return sources
}

function checkName(name: string): void {
  if (name === '') throw refused('input must specify a name')
  if (name === 'out' || name === '.env') throw refused(`input cannot be named ${name}`)
}

function fromFiles(pfs: pps.PFSInput, pipeline: { readonly project: string; readonly name: string }, at: number): Source {
  if (pfs.repo === '') throw refused('input must specify a repo')
  if (pfs.commit !== '') throw refused('input cannot come from a commit; use a branch with head pointing to the commit')
  if (pfs.s3) {
    if (pfs.glob !== '' && pfs.glob !== '/') throw refused('inputs that set \'s3\' to \'true\' must also set \'glob\', to "/", as the S3 gateway is only able to expose data at the commit level')
    if (pfs.lazy) throw refused("input cannot specify both 's3' and 'lazy', as 's3' requires input data to be accessed via the S3 gateway rather than the file system")
    if (pfs.emptyFiles) throw refused("input cannot specify both 's3' and 'empty_files', as 's3' requires input data to be accessed via the S3 gateway rather than the file system")
  } else if (pfs.glob === '') throw refused('input must specify a glob')
  const repo = { project: pfs.project || pipeline.project, name: pfs.repo, type: pfs.repoType || USER_REPO }
  const trigger = fromTrigger(pfs.trigger)
  const name = pfs.branch || (trigger ? `${pipeline.name}-trigger-${at + 1}` : 'master')
  return {
    branch: { repo, name },
    isSilent: pfs.propagationSpec?.never ?? false,
    isClock: false,
    ...(trigger && { trigger: { ...trigger, branch: trigger.branch || 'master' } }),
  }
}

function fromClock({ name, project, repo, spec }: pps.CronInput, pipeline: { readonly project: string; readonly name: string }): Source {
  if (cronIsDue(spec, 0, 0) === undefined) throw refused(`error parsing cron-spec: "${spec}" is no cron expression`)
  const clock = { project: project || pipeline.project, name: repo || `${pipeline.name}_${name}`, type: USER_REPO }
  return { branch: { repo: clock, name: 'master' }, isSilent: false, isClock: true }
}
