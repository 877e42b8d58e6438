/** The requests of mount-server that the route table does not name: commit, session, datums, pipelines. */
import type { MountList, Transport } from '@jupyterlab-pachyderm/mount-api'

/** What a datum request answers: which datum is shown, of how many. */
export interface DatumPosition {
  readonly id: string
  readonly idx: number
  readonly num_datums: number
  readonly all_datums_received: boolean
}

/** What is loaded now; `num_datums` is 0 when nothing is. */
export interface LoadedDatums extends Omit<DatumPosition, 'id'> {
  readonly input: unknown
}

/** A pipeline from a notebook that was saved at that time. */
export interface PublishRequest {
  readonly last_modified_time: string
}

/** Each rejects with what the transport throws. */
export interface MountServerCalls {
  commit(mountName: string): Promise<MountList>
  /** The address where the user logs in; the server half waits for it to happen. */
  login(): Promise<{ readonly auth_url: string }>
  logout(): Promise<unknown>
  restart(): Promise<{ readonly problem: string; readonly lines: readonly string[] }>
  getDatums(): Promise<LoadedDatums>
  loadDatums(input: unknown): Promise<DatumPosition>
  nextDatum(): Promise<DatumPosition>
  previousDatum(): Promise<DatumPosition>
  previewPipeline(notebookPath: string): Promise<unknown>
  publish(notebookPath: string, request: PublishRequest): Promise<{ readonly message: string }>
}

/** The calls over `transport`. */
export function createMountServerCalls(transport: Transport): MountServerCalls {
  const put = (url: string, body: unknown = {}) => transport({ method: 'PUT', url, body })
  const pipelineUrl = (path: string) => `/pps/_create/${path.split('/').map(encodeURIComponent).join('/')}`
  return {
    commit: mount => put('/_commit', { mount }) as Promise<MountList>,
    login: () => put('/auth/_login') as Promise<{ auth_url: string }>,
    logout: () => put('/auth/_logout'),
    restart: () => put('/mount-server') as Promise<{ problem: string; lines: string[] }>,
    getDatums: () => transport({ method: 'GET', url: '/datums' }) as Promise<LoadedDatums>,
    loadDatums: input => put('/datums/_mount', { input }) as Promise<DatumPosition>,
    nextDatum: () => put('/datums/_next') as Promise<DatumPosition>,
    previousDatum: () => put('/datums/_prev') as Promise<DatumPosition>,
    previewPipeline: path => transport({ method: 'GET', url: pipelineUrl(path) }),
    publish: (path, request) => put(pipelineUrl(path), request) as Promise<{ message: string }>,
  }
}
