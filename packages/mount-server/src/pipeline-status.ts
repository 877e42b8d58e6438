/** How a pipeline is, in the words of pachd, and what it was made from. */
import type { PipelineParams, PipelineStatus } from '@jupyterlab-pachyderm/mount-api'
import type { PachdClient } from '@jupyterlab-pachyderm/pachd-client'
import type { pps } from '@jupyterlab-pachyderm/pachd-proto'

/** Rejects with PachdError, NOT_FOUND where there is no such pipeline. */
export async function pipelineStatus(client: PachdClient, { project, pipeline }: PipelineParams): Promise<PipelineStatus> {
  const info = await client.pps.inspectPipeline({ pipeline: { project: { name: project }, name: pipeline }, details: true })
  const { version, state, reason } = info
  const consoleUrl = await consoleUrlOf(client, { project, pipeline })
  return { project, pipeline, version, state, reason, spec: specOf(info), ...(consoleUrl === undefined ? {} : { console_url: consoleUrl }) }
}

/** The page of Console, which stands behind the same proxy as pachd. A cluster without a proxy names none. */
async function consoleUrlOf(client: PachdClient, { project, pipeline }: PipelineParams): Promise<string | undefined> {
  const { proxyHost, proxyTls } = await client.admin.inspectCluster({})
  if (proxyHost === '') return undefined
  return `${proxyTls ? 'https' : 'http'}://${proxyHost}/lineage/${encodeURIComponent(project)}/pipelines/${encodeURIComponent(pipeline)}`
}

/** pachd keeps what a user sent since 2.9; before, it is put together from what pachd made of it. */
function specOf({ pipeline, details, userSpecJson }: pps.PipelineInfo): Record<string, unknown> {
  if (userSpecJson !== '') return JSON.parse(userSpecJson) as Record<string, unknown>
  const { createdAt: _created, updatedAt: _updated, createdBy: _by, recentError: _error, workersRequested: _requested, workersAvailable: _available, reason: _reason, unclaimedTasks: _tasks, workerRc: _rc, workersStartedAt: _started, ...written } = details ?? {}
  return { pipeline, ...written }
}
