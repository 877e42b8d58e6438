/** Which repos are the outputs of pipelines. */
import { isNotFound, type PachdClient, PachdError } from '@jupyterlab-pachyderm/pachd-client'

/** Pipelines that are asked for at the same time. */
const PARALLEL = 16

/** The `project/repo` of those that are; a pipeline that may not be seen is none. Rejects with PachdError. */
export async function pipelinesOf(client: Pick<PachdClient, 'pps'>, repos: readonly { readonly project: string; readonly repo: string }[]): Promise<ReadonlySet<string>> {
  const asked = [...new Map(repos.map(entry => [`${entry.project}/${entry.repo}`, entry]))]
  const found = new Set<string>()
  for (let at = 0; at < asked.length; at += PARALLEL) {
    await Promise.all(asked.slice(at, at + PARALLEL).map(async ([key, entry]) => ((await isPipeline(entry)) ? found.add(key) : undefined)))
  }
  return found

  async function isPipeline({ project, repo }: { readonly project: string; readonly repo: string }): Promise<boolean> {
    try {
      await client.pps.inspectPipeline({ pipeline: { project: { name: project }, name: repo } })
      return true
    } catch (error) {
      if (isNotFound(error) || ['PERMISSION_DENIED', 'UNIMPLEMENTED'].includes(PachdError.from(error).code)) return false
      throw error
    }
  }
}
