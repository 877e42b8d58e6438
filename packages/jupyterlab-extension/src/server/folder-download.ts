/** Mounted files that the Jupyter server copies into its own folders. */
import { URLExt } from '@jupyterlab/coreutils'
import { ServerConnection } from '@jupyterlab/services'

import { ApiError } from './api-error.js'
import { API_PATH } from './jupyter-transport.js'

/** How far a copy is. */
export interface CopyProgress {
  readonly files_done: number
  readonly files_total: number
  readonly bytes_done: number
  readonly bytes_total: number
}

/** Where to, and what if something is there already. `folder` is below Jupyter's root. */
export interface CopyOptions {
  readonly folder: string
  readonly replace: boolean
  readonly onProgress: (progress: CopyProgress) => void
}

/** Copies a mounted file or directory; resolves to where it is now. Rejects with ApiError, ALREADY_EXISTS among them. */
export type CopyToServer = (path: string, options: CopyOptions) => Promise<string>

type Line = Partial<CopyProgress> & { readonly path?: string; readonly message?: string; readonly code?: string }

/** Copies with the settings of this JupyterLab. */
export function createCopyToServer(settings: ServerConnection.ISettings): CopyToServer {
  return async (path, { folder, replace, onProgress }) => {
    const url = URLExt.join(settings.baseUrl, API_PATH, 'download/explore', URLExt.encodeParts(path))
    const init = { method: 'PUT', body: JSON.stringify({ folder, replace }), headers: { Accept: 'application/x-ndjson' } }
    const response = await ServerConnection.makeRequest(url, init, settings)
    let copied: string | undefined
    for await (const line of linesOf(response)) {
      if (line.message !== undefined) throw new ApiError(line.message, response.status, line.code ?? '')
      if (line.path !== undefined) copied = line.path
      else onProgress({ files_done: 0, files_total: 0, bytes_done: 0, bytes_total: 0, ...line })
    }
    if (copied === undefined) throw new ApiError('The connection to Jupyter broke off.', response.status, 'NO_JUPYTER')
    return copied
  }
}

async function* linesOf({ body }: Response): AsyncGenerator<Line, void, undefined> {
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
    const lines = `${rest}${value ?? ''}`.split('\n')
    rest = done ? '' : (lines.pop() ?? '')
    for (const line of lines) if (line !== '') yield JSON.parse(line) as Line
    if (done) return
  }
}
