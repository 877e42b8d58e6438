/** pps_v2, the methods about pipelines and the defaults of their specs. */
import { Empty } from '@jupyterlab-pachyderm/pachd-proto'
import type { pps } from '@jupyterlab-pachyderm/pachd-proto'

import { ModelError } from '../model-error.js'
import { authorize } from '../model/auth.js'
import { DEFAULT_PROJECT } from '../model/names.js'
import type { Pachd } from '../model/pachd.js'
import { listProjects, requireProject } from '../model/repos.js'
import type { Call } from './call.js'
import { projectOf } from './pickers.js'
import { completed, defaultsText, setDefaults } from './pipeline-defaults.js'
import { parseSpec, toSpec } from './pipeline-json.js'
import type { JsonObject } from './pipeline-json.js'
import { findPipeline, fromPipeline, isVisible, listPipelines, removePipeline, requirePipeline } from './pipeline-spec.js'
import { runOrAppend } from './transactions.js'

const empty = (): Empty => Empty.fromPartial({})

/** Methods of pps_v2 about pipelines. */
export function pipelineMethods(pachd: Pachd) {
  async function create(spec: JsonObject, { update, dryRun }: { update: boolean; dryRun: boolean }, call: Call): Promise<string> {
    const { request, effectiveJson } = completed(pachd.rows, spec)
    if (dryRun) return effectiveJson
    await runOrAppend(pachd, call, { createPipelineV2: { createPipelineRequest: { ...request, update }, userJson: JSON.stringify(spec), effectiveJson, createdBy: call.caller } }, () => undefined)
    return effectiveJson
  }

  function listPipeline({ pipeline, projects, page, jqFilter }: pps.ListPipelineRequest, { caller }: Call): pps.PipelineInfo[] {
    if (jqFilter !== '') throw new ModelError('UNIMPLEMENTED', 'pachd-embedded does not evaluate jq filters; list all pipelines and filter them on your side')
    const found =
      pipeline && pipeline.name !== ''
        ? [findPipeline(pachd.rows, fromPipeline(pipeline))].flatMap(info => info ?? [])
        : listPipelines(pachd.rows, projects.map(({ name }) => name))
    const all = found.filter(info => isVisible(pachd.rows, caller, info))
    const size = page?.pageSize ?? 0
    const start = size * (page?.pageIndex ?? 0)
    return size > 0 ? all.slice(start, start + size) : all
  }

  return {
    async createPipeline(request: pps.CreatePipelineRequest, call: Call) {
      fromPipeline(request.pipeline)
      await create(toSpec(request), request, call)
      return empty()
    },
    async createPipelineV2({ createPipelineRequestJson, ...options }: pps.CreatePipelineV2Request, call: Call) {
      return { effectiveCreatePipelineRequestJson: await create(parseSpec(createPipelineRequestJson, 'spec'), options, call) }
    },
    inspectPipeline({ pipeline, details }: pps.InspectPipelineRequest) {
      const info = requirePipeline(pachd.rows, fromPipeline(pipeline))
      return details ? info : { ...info, details: undefined }
    },
    listPipeline,
    async deletePipeline({ pipeline, keepRepo, force, mustExist }: pps.DeletePipelineRequest, { caller }: Call) {
      const name = fromPipeline(pipeline)
      await pachd.change(
        change => {
          if (mustExist || findPipeline(change.rows, name)) removePipeline(change, name, { keepRepo, force })
        },
        { caller },
      )
      return empty()
    },
    async deletePipelines({ projects, force, keepRepo, all }: pps.DeletePipelinesRequest, { caller }: Call) {
      const names = projects.map(({ name }) => name)
      const pipelines = all || names.length > 0 ? listPipelines(pachd.rows, all ? [] : names).flatMap(({ pipeline }) => pipeline ?? []) : []
      await pachd.change(change => pipelines.forEach(pipeline => removePipeline(change, fromPipeline(pipeline), { keepRepo, force })), { caller })
      return { pipelines }
    },
    /** All pipelines and their output; other repos are data, which pfs_v2 deletes. */
    async deleteAll(_: Empty, { caller }: Call) {
      await pachd.change(
        change => {
          for (const { pipeline } of listPipelines(change.rows, [])) removePipeline(change, fromPipeline(pipeline), { keepRepo: false, force: true })
        },
        { caller },
      )
      return empty()
    },
    pipelinesSummary({ projects }: pps.PipelinesSummaryRequest, { caller }: Call) {
      const wanted = projects.length > 0 ? projects.map(projectOf) : listProjects(pachd.rows).map(({ name }) => name)
      const summary = (name: string) => ({ project: { name }, activePipelines: 0, pausedPipelines: listPipelines(pachd.rows, [name]).filter(info => isVisible(pachd.rows, caller, info)).length, failedPipelines: 0, unhealthyPipelines: 0 })
      return { summaries: wanted.map(summary) }
    },
    getClusterDefaults: () => ({ clusterDefaultsJson: defaultsText(pachd.rows, undefined) }),
    getProjectDefaults({ project }: pps.GetProjectDefaultsRequest) {
      const { name, createdBy, createdAt } = requireProject(pachd.rows, project?.name || DEFAULT_PROJECT)
      return { projectDefaultsJson: defaultsText(pachd.rows, name), createdBy, createdAt }
    },
    async setClusterDefaults({ clusterDefaultsJson, regenerate, dryRun }: pps.SetClusterDefaultsRequest, { caller }: Call) {
      const run = dryRun ? pachd.tryOut.bind(pachd) : pachd.change.bind(pachd)
      return { affectedPipelines: await run(change => setDefaults(change, undefined, clusterDefaultsJson, { regenerate }), { caller }) }
    },
    async setProjectDefaults({ project, projectDefaultsJson, regenerate, dryRun }: pps.SetProjectDefaultsRequest, { caller }: Call) {
      const { name } = requireProject(pachd.rows, project?.name || DEFAULT_PROJECT)
      authorize(pachd.rows, caller, { type: 'PROJECT', name }, 'PROJECT_SET_DEFAULTS')
      const run = dryRun ? pachd.tryOut.bind(pachd) : pachd.change.bind(pachd)
      return { affectedPipelines: await run(change => setDefaults(change, name, projectDefaultsJson, { regenerate }), { caller }) }
    },
  }
}
