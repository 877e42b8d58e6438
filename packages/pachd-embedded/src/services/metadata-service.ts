/** metadata: keys and values that users put on projects, repos, branches, commits and the cluster. */
import { metadata } from '@jupyterlab-pachyderm/pachd-proto'

import { ModelError, notFound } from '../model-error.js'
import { authorize } from '../model/auth.js'
import { requireBranch } from '../model/branches.js'
import type { Change } from '../model/change.js'
import type { Pachd } from '../model/pachd.js'
import { repoKey, tables } from '../model/records.js'
import type { MetadataRecord } from '../model/records.js'
import { repoResource, requireProject, requireRepo } from '../model/repos.js'
import { CLUSTER } from '../model/role-bindings.js'
import { implementService } from './call.js'
import type { ServiceBase } from './call.js'
import { branchOf, pickCommit, projectOf, repoOf } from './pickers.js'

const MOST_BYTES = 64 * 1024

/** What has metadata: how it is now, and how to change it. */
interface Target {
  readonly now: MetadataRecord
  readonly set: (metadata: MetadataRecord) => void
}

/** The metadata of the cluster. */
export const clusterMetadata = (rows: Change['rows'] | Pachd['rows']): MetadataRecord => JSON.parse(String(tables.meta.get(rows, 'cluster-metadata') ?? '{}')) as MetadataRecord

/** What an edit is about, if the caller may change it. As in pachd, everyone who is logged in may edit projects and commits. */
function targetOf(change: Change, target: metadata.Edit['target']): Target {
  const { rows, caller } = change
  switch (target?.$case) {
    case 'project': {
      const record = requireProject(rows, projectOf(target.project))
      return { now: record.metadata ?? {}, set: value => tables.projects.put(rows, [record.name], { ...record, metadata: value }) }
    }
    case 'repo': {
      const record = requireRepo(rows, repoOf(target.repo))
      authorize(rows, caller, repoResource(record.repo), 'REPO_WRITE')
      return { now: record.metadata ?? {}, set: value => tables.repos.put(rows, repoKey(record.repo), { ...record, metadata: value }) }
    }
    case 'branch': {
      const record = requireBranch(rows, branchOf(target.branch))
      authorize(rows, caller, repoResource(record.branch.repo), 'REPO_CREATE_BRANCH')
      return { now: record.metadata ?? {}, set: value => change.putBranch({ ...record, metadata: value }) }
    }
    case 'commit': {
      const record = pickCommit(rows, target.commit)
      return { now: record.metadata ?? {}, set: value => change.putCommit({ ...record, metadata: value }) }
    }
    case 'cluster':
      authorize(rows, caller, CLUSTER, 'CLUSTER_EDIT_CLUSTER_METADATA')
      return { now: clusterMetadata(rows), set: value => tables.meta.put(rows, ['cluster-metadata'], JSON.stringify(value)) }
    case 'pipeline':
      throw new ModelError('UNIMPLEMENTED', 'pachd-embedded keeps no metadata of pipelines; put them into the metadata of the spec')
    default:
      throw new ModelError('INVALID_ARGUMENT', 'validate request: invalid Edit.Target: value is required')
  }
}

function edited(now: MetadataRecord, op: metadata.Edit['op']): MetadataRecord {
  const values = new Map(Object.entries(now))
  switch (op?.$case) {
    case 'replace':
      return op.replace.replacement
    case 'addKey':
      if (values.has(op.addKey.key)) throw new ModelError('ALREADY_EXISTS', `the key "${op.addKey.key}" already exists; use edit_key to change it`)
      values.set(op.addKey.key, op.addKey.value)
      break
    case 'editKey':
      values.set(op.editKey.key, op.editKey.value)
      break
    case 'deleteKey':
      if (!values.delete(op.deleteKey.key)) throw notFound(`the key "${op.deleteKey.key}" was not found`)
      break
    default:
      throw new ModelError('INVALID_ARGUMENT', 'validate request: invalid Edit.Op: value is required')
  }
  return Object.fromEntries(values)
}

function check(metadataOfTarget: MetadataRecord): void {
  if (Object.keys(metadataOfTarget).includes('')) throw new ModelError('INVALID_ARGUMENT', 'validate request: invalid Edit: a key must have at least one character')
  if (Buffer.byteLength(JSON.stringify(metadataOfTarget)) > MOST_BYTES) throw new ModelError('INVALID_ARGUMENT', `the metadata of one thing may have ${MOST_BYTES} bytes`)
}

/** The service of metadata: all edits of a request, or none. */
export function metadataService(base: ServiceBase, pachd: Pachd) {
  return implementService(metadata.APIDefinition, base, {
    async editMetadata({ edits }, { caller }) {
      await pachd.change(
        change => {
          edits.forEach(({ target, op }, i) => {
            try {
              const { now, set } = targetOf(change, target)
              const value = edited(now, op)
              check(value)
              set(value)
            } catch (error) {
              throw ModelError.within(`edit ${i + 1} of ${edits.length}`, error)
            }
          })
        },
        { caller },
      )
      return {}
    },
  })
}
