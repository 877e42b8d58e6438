/** The requests that the Python half answers itself: mount-server's process, and pipelines from notebooks. */
import type { Transport } from '@jupyterlab-pachyderm/mount-api'

import { METADATA_KEY } from '../model/pipeline-metadata.js'

/** A pipeline from a notebook that was saved at that time. */
export interface PublishRequest {
  readonly last_modified_time: string
}

/** What became of it. `state` and `reason` are pachd's words about the pipeline, where there are any. */
export interface PublishAnswer {
  readonly message: string
  readonly state?: string
  readonly reason?: string
  /** Where Console shows the pipeline. */
  readonly console_url?: string
}

/** How mount-server's process is, and how its data is shown to notebooks. */
export interface ServerStatus {
  /** Why it does not run; empty when it does. */
  readonly problem: string
  /** What it printed last. */
  readonly lines: readonly string[]
  /** The mount of a user or container, one in a user namespace, or none: then notebooks read `pfs://mount/path`. */
  readonly way: 'fuse' | 'namespace' | 'none'
  /** Why it is not a better way; empty for the best one. */
  readonly reason: string
  readonly mount_dir: string
  /** Where mount-server is reached: a path or a URL. */
  readonly address: string
  /** Of this extension. */
  readonly version: string
}

/** Each rejects with what the transport throws. */
export interface ServerHalf {
  status(): Promise<ServerStatus>
  /** Starts mount-server now. */
  restart(): Promise<ServerStatus>
  /** The specification that would be made of this value under METADATA_KEY. */
  previewPipeline(metadata: unknown): Promise<unknown>
  publish(notebookPath: string, request: PublishRequest): Promise<PublishAnswer>
}

/** The requests over `transport`. */
export function createServerHalf(transport: Transport): ServerHalf {
  const pipelineUrl = (path: string) => `/pps/_create/${path.split('/').map(encodeURIComponent).join('/')}`
  return {
    status: () => transport({ method: 'GET', url: '/mount-server' }) as Promise<ServerStatus>,
    restart: () => transport({ method: 'PUT', url: '/mount-server', body: {} }) as Promise<ServerStatus>,
    previewPipeline: metadata => transport({ method: 'PUT', url: '/pps/_preview', body: { metadata: { [METADATA_KEY]: metadata } } }),
    publish: (path, body) => transport({ method: 'PUT', url: pipelineUrl(path), body }) as Promise<PublishAnswer>,
  }
}
