/** The requests that the Python half answers itself: mount-server's process, and pipelines from notebooks. */
import type { Transport } from '@jupyterlab-pachyderm/mount-api'

/** A pipeline from a notebook that was saved at that time. */
export interface PublishRequest {
  readonly last_modified_time: string
}

/** What became of it. `state` and `reason` are pachd's words about the pipeline, where there are any. */
export interface PublishAnswer {
  readonly message: string
  readonly state?: string
  readonly reason?: string
}

/** Each rejects with what the transport throws. */
export interface ServerHalf {
  /** Starts mount-server now; `problem` is empty when it runs. */
  restart(): Promise<{ readonly problem: string; readonly lines: readonly string[] }>
  /** The specification that would be sent to pachd. */
  previewPipeline(notebookPath: string): Promise<unknown>
  publish(notebookPath: string, request: PublishRequest): Promise<PublishAnswer>
}

/** The requests over `transport`. */
export function createServerHalf(transport: Transport): ServerHalf {
  const pipelineUrl = (path: string) => `/pps/_create/${path.split('/').map(encodeURIComponent).join('/')}`
  return {
    restart: () => transport({ method: 'PUT', url: '/mount-server', body: {} }) as Promise<{ problem: string; lines: string[] }>,
    previewPipeline: path => transport({ method: 'GET', url: pipelineUrl(path) }),
    publish: (path, body) => transport({ method: 'PUT', url: pipelineUrl(path), body }) as Promise<PublishAnswer>,
  }
}
