/** Pipelines as far as there are any: their spec is kept, their output repo and branch exist, and nothing runs. */
import { pps } from '@jupyterlab-pachyderm/pachd-proto'

import { ModelError, notFound, refused } from '../model-error.js'
import { authorize, isAuthorized } from '../model/auth.js'
import { createBranch } from '../model/branches.js'
import type { Change } from '../model/change.js'
import { findBranch } from '../model/commits.js'
import { DEFAULT_PROJECT, USER_REPO } from '../model/names.js'
import type { RepoName } from '../model/names.js'
import { repoKey, tables } from '../model/records.js'
import { createRepo, deleteRepo, repoResource } from '../model/repos.js'
import type { Rows } from '../store/store.js'
import { bindPipeline, unbindPipeline } from './pipeline-bindings.js'
import { sourcesOf } from './pipeline-inputs.js'
import type { Source } from './pipeline-inputs.js'

const NOT_RUN = 'pachd-embedded keeps the spec and the provenance of pipelines but does not run them; finish their output commits by hand'

/** A pipeline's name and where it lives. */
export interface PipelineName {
  readonly project: string
  readonly name: string
}

/** A pipeline's names from a message. Throws INVALID_ARGUMENT without one. */
export function fromPipeline(pipeline: pps.Pipeline | undefined): PipelineName {
  if (!pipeline || pipeline.name === '') throw new ModelError('INVALID_ARGUMENT', 'validate request: invalid Pipeline.Name: value is required')
  return { project: pipeline.project?.name === undefined || pipeline.project.name === '' ? DEFAULT_PROJECT : pipeline.project.name, name: pipeline.name }
}

const outputRepo = ({ project, name }: PipelineName): RepoName => ({ project, name, type: USER_REPO })

/** The JSON that a pipeline was made from: as its user wrote it, and with the defaults below it. */
export interface SpecTexts {
  readonly userJson: string
  readonly effectiveJson: string
}

/** Keeps a pipeline, and makes its output repo and branch with the inputs as provenance. */
export function putPipeline(change: Change, request: pps.CreatePipelineRequest, { userJson, effectiveJson }: SpecTexts): void {
  const { rows, caller } = change
  const { project, name } = fromPipeline(request.pipeline)
  const existing = tables.pipelines.get(rows, project, name)
  if (existing && !request.update) throw new ModelError('ALREADY_EXISTS', `pipeline "${project}/${name}" already exists`)
  if (!request.input && !request.spout) throw refused('no input set')
  const sources = request.input ? sourcesOf(request.input, { project, name }) : []
  const before = existing ? inputsOf(decode(existing.info)) : []
  const repo = outputRepo({ project, name })
  if (existing && tables.repos.get(rows, ...repoKey(repo))) authorize(rows, caller, repoResource(repo), 'REPO_WRITE')
  else if (tables.repos.get(rows, ...repoKey(repo))) throw refused(`pipeline "${name}" cannot be created because a repo with the same name already exists`)
  else if (tables.projects.get(rows, project)) authorize(rows, caller, { type: 'PROJECT', name: project }, 'PROJECT_CREATE_REPO')
  for (const { branch } of sources) if (tables.repos.get(rows, ...repoKey(branch.repo))) authorize(rows, caller, repoResource(branch.repo), 'REPO_READ')
  createRepo(change, { repo, description: `Output repo for pipeline ${project}/${name}.`, update: true })
  makeSources(change, sources, { project, name })
  bindPipeline(change, { project, name }, sources, before)
  const branch = { repo, name: request.outputBranch || 'master' }
  createBranch(change, { branch, head: undefined, provenance: sources.map(source => source.branch), silent: sources.filter(({ isSilent }) => isSilent).map(source => source.branch), trigger: undefined })
  const version = (existing?.version ?? 0) + 1
  const createdAt = existing ? decode(existing.info).details?.createdAt : change.time
  const { outputBranch: _, update: __, reprocess: ___, dryRun: ____, specCommit: _____, pipeline: ______, ...kept } = request
  const info = pps.PipelineInfo.fromPartial({
    pipeline: { project: { name: project }, name },
    version,
    state: 'PIPELINE_PAUSED',
    stopped: true,
    reason: NOT_RUN,
    type: request.spout ? 'PIPELINE_TYPE_SPOUT' : request.service ? 'PIPELINE_TYPE_SERVICE' : 'PIPELINE_TYPE_TRANSFORM',
    parallelism: request.parallelismSpec?.constant ?? 1,
    userSpecJson: userJson,
    effectiveSpecJson: effectiveJson,
    details: { ...kept, outputBranch: branch.name, reason: NOT_RUN, createdAt, updatedAt: change.time, createdBy: caller },
  })
  const wire = Buffer.from(pps.PipelineInfo.encode(info).finish()).toString('base64')
  tables.pipelines.put(rows, [project, name], { project, name, version, info: wire, order: existing?.order ?? change.nextOrder() })
}

/** Makes what an input needs and only a pipeline asks for: repos of clocks, and branches that follow others. */
function makeSources(change: Change, sources: readonly Source[], { project, name }: PipelineName): void {
  for (const { branch, isClock, trigger } of sources) {
    if (isClock) createRepo(change, { repo: branch.repo, description: `Cron tick repo for pipeline ${project}/${name}.`, update: true })
    if (trigger) createBranch(change, { branch, head: undefined, provenance: [], silent: [], trigger })
  }
}

/** The inputs that a kept pipeline reads. */
const inputsOf = ({ pipeline, details }: pps.PipelineInfo): Source[] => (details?.input ? sourcesOf(details.input, fromPipeline(pipeline)) : [])

const decode = (wire: string): pps.PipelineInfo => pps.PipelineInfo.decode(Buffer.from(wire, 'base64'))

/** Whether the caller may see a pipeline: it may list the repos of its project, or read its output repo. */
export function isVisible(rows: Rows, caller: string, { pipeline }: pps.PipelineInfo): boolean {
  const name = fromPipeline(pipeline)
  return isAuthorized(rows, caller, { type: 'PROJECT', name: name.project }, 'PROJECT_LIST_REPO') || isAuthorized(rows, caller, repoResource(outputRepo(name)), 'REPO_READ')
}

/** The pipelines of some projects, or of all, newest first. */
export function listPipelines(rows: Rows, projects: readonly string[]): pps.PipelineInfo[] {
  return [...tables.pipelines.list(rows)]
    .filter(({ project }) => projects.length === 0 || projects.includes(project))
    .sort((a, b) => b.order - a.order)
    .map(({ info }) => decode(info))
}

/** The pipeline of this name, if there is one. */
export function findPipeline(rows: Rows, { project, name }: PipelineName): pps.PipelineInfo | undefined {
  const record = tables.pipelines.get(rows, project, name)
  return record && decode(record.info)
}

/** The pipeline of this name. Throws NOT_FOUND. */
export function requirePipeline(rows: Rows, name: PipelineName): pps.PipelineInfo {
  const info = findPipeline(rows, name)
  if (!info) throw notFound(`pipeline was not inspected: pipeline "${name.project}/${name.name}" not found`)
  return info
}

/** Forgets a pipeline; its output repo goes with it unless it is to be kept. */
export function removePipeline(change: Change, name: PipelineName, { keepRepo, force }: { keepRepo: boolean; force: boolean }): void {
  const info = requirePipeline(change.rows, name)
  const repo = outputRepo(name)
  if (tables.repos.get(change.rows, ...repoKey(repo))) authorize(change.rows, change.caller, repoResource(repo), 'REPO_DELETE')
  tables.pipelines.remove(change.rows, name.project, name.name)
  unbindPipeline(change, name, inputsOf(info))
  if (!keepRepo) {
    deleteRepo(change, repo, { force })
    return
  }
  const branch = { repo, name: info.details?.outputBranch ?? 'master' }
  if (findBranch(change.rows, branch)) createBranch(change, { branch, head: undefined, provenance: [], silent: [], trigger: undefined })
}
