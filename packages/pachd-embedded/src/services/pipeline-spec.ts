/** Pipelines as far as there are any: their spec is kept, their output repo and branch exist, and nothing runs. */
import { Empty, pps } from '@jupyterlab-pachyderm/pachd-proto'

import { ModelError, notFound, refused } from '../model-error.js'
import { authorize } from '../model/auth.js'
import { createBranch } from '../model/branches.js'
import type { Change } from '../model/change.js'
import { findBranch } from '../model/commits.js'
import { DEFAULT_PROJECT, USER_REPO } from '../model/names.js'
import type { BranchName, RepoName } from '../model/names.js'
import { repoKey, tables } from '../model/records.js'
import { createRepo, deleteRepo, repoResource } from '../model/repos.js'

const NOT_RUN = 'pachd-embedded keeps the spec and the provenance of pipelines but does not run them; finish their output commits by hand'

/** A pipeline's names from a message. */
export function fromPipeline(pipeline: pps.Pipeline | undefined): { project: string; name: string } {
  if (!pipeline || pipeline.name === '') throw new ModelError('INVALID_ARGUMENT', 'validate request: invalid Pipeline.Name: value is required')
  return { project: pipeline.project?.name === undefined || pipeline.project.name === '' ? DEFAULT_PROJECT : pipeline.project.name, name: pipeline.name }
}

const outputRepo = ({ project, name }: { project: string; name: string }): RepoName => ({ project, name, type: USER_REPO })

/** The branches that an input reads. */
function inputBranches(input: pps.Input | undefined, project: string): BranchName[] {
  if (!input) return []
  if (input.cron) throw new ModelError('UNIMPLEMENTED', `${NOT_RUN}; a cron input would never tick`)
  const { pfs } = input
  const leaf = pfs ? [{ repo: { project: pfs.project || project, name: pfs.repo, type: pfs.repoType || USER_REPO }, name: pfs.branch || 'master' }] : []
  return [...leaf, ...[...input.cross, ...input.union, ...input.join, ...input.group].flatMap(child => inputBranches(child, project))]
}

/** Keeps a pipeline, and makes its output repo and branch with the inputs as provenance. */
export function putPipeline(change: Change, request: pps.CreatePipelineRequest): void {
  const { rows, caller } = change
  const { project, name } = fromPipeline(request.pipeline)
  const existing = tables.pipelines.get(rows, project, name)
  if (existing && !request.update) throw new ModelError('ALREADY_EXISTS', `pipeline "${project}/${name}" already exists`)
  const sources = inputBranches(request.input, project)
  if (sources.length === 0) throw refused('no input set')
  authorize(rows, caller, { type: 'PROJECT', name: project }, 'PROJECT_CREATE_REPO')
  for (const { repo } of sources) if (tables.repos.get(rows, ...repoKey(repo))) authorize(rows, caller, repoResource(repo), 'REPO_READ')
  if (request.dryRun) return
  const repo = outputRepo({ project, name })
  createRepo(change, { repo, description: `Output repo for pipeline ${project}/${name}.`, update: true })
  const branch = { repo, name: request.outputBranch || 'master' }
  createBranch(change, { branch, head: undefined, provenance: sources, silent: [], trigger: undefined })
  const info = pps.PipelineInfo.fromPartial({
    pipeline: { project: { name: project }, name },
    version: (existing?.version ?? 0) + 1,
    state: 'PIPELINE_PAUSED',
    stopped: true,
    reason: NOT_RUN,
    type: 'PIPELINE_TYPE_TRANSFORM',
    details: {
      transform: request.transform,
      input: request.input,
      description: request.description,
      outputBranch: branch.name,
      reason: NOT_RUN,
      createdAt: change.time,
      updatedAt: change.time,
      createdBy: caller,
    },
  })
  tables.pipelines.put(rows, [project, name], {
    project,
    name,
    version: info.version,
    info: Buffer.from(pps.PipelineInfo.encode(info).finish()).toString('base64'),
    order: existing?.order ?? change.nextOrder(),
  })
}

/** The pipelines of some projects, or of all, newest first. */
export function listPipelines(rows: Change['rows'] | Parameters<typeof tables.pipelines.list>[0], projects: readonly string[]): pps.PipelineInfo[] {
  return [...tables.pipelines.list(rows)]
    .filter(({ project }) => projects.length === 0 || projects.includes(project))
    .sort((a, b) => b.order - a.order)
    .map(({ info }) => pps.PipelineInfo.decode(Buffer.from(info, 'base64')))
}

/** The pipeline of this name. Throws NOT_FOUND. */
export function requirePipeline(rows: Parameters<typeof tables.pipelines.list>[0], { project, name }: { project: string; name: string }): pps.PipelineInfo {
  const record = tables.pipelines.get(rows, project, name)
  if (!record) throw notFound(`pipeline was not inspected: pipeline "${project}/${name}" not found`)
  return pps.PipelineInfo.decode(Buffer.from(record.info, 'base64'))
}

/** Forgets a pipeline; its output repo goes with it unless it is to be kept. */
export function removePipeline(change: Change, { project, name }: { project: string; name: string }, { keepRepo, force }: { keepRepo: boolean; force: boolean }): void {
  const info = requirePipeline(change.rows, { project, name })
  const repo = outputRepo({ project, name })
  if (tables.repos.get(change.rows, ...repoKey(repo))) authorize(change.rows, change.caller, repoResource(repo), 'REPO_DELETE')
  tables.pipelines.remove(change.rows, project, name)
  if (!keepRepo) {
    deleteRepo(change, repo, { force })
    return
  }
  const branch = { repo, name: info.details?.outputBranch ?? 'master' }
  if (findBranch(change.rows, branch)) createBranch(change, { branch, head: undefined, provenance: [], silent: [], trigger: undefined })
}

/** An answer without content. */
export const empty = (): Empty => Empty.fromPartial({})

