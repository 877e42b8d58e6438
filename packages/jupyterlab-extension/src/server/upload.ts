/** Files of this computer on their way into a mount. */
import { URLExt } from '@jupyterlab/coreutils'
import type { ServerConnection } from '@jupyterlab/services'

import type { SendFile } from '../model/upload-model.js'
import { ApiError } from './api-error.js'
import { API_PATH } from './jupyter-transport.js'
import { urlOf } from './writable-files.js'

/** Sends files with the settings of this JupyterLab. XMLHttpRequest, because fetch tells nothing of what is sent so far. */
export function createUpload(settings: ServerConnection.ISettings): SendFile {
  return ({ path, content }, { replace, onProgress, signal }) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest()
      request.open('PUT', URLExt.join(settings.baseUrl, API_PATH, urlOf(path)))
      for (const [name, value] of headersOf(settings)) request.setRequestHeader(name, value)
      request.setRequestHeader('Content-Type', 'application/octet-stream')
      if (!replace) request.setRequestHeader('If-None-Match', '*')
      request.upload.onprogress = event => onProgress(event.loaded)
      request.onload = () => (request.status < 300 ? resolve() : reject(refusal(request)))
      request.onerror = () => reject(new ApiError('', 0, 'NO_JUPYTER'))
      request.onabort = () => reject(new DOMException('', 'AbortError'))
      signal.addEventListener('abort', () => request.abort(), { once: true })
      request.send(content)
    })
}

function headersOf({ token }: ServerConnection.ISettings): [string, string][] {
  const xsrf = /(?:^|; )_xsrf=([^;]*)/.exec(document.cookie)?.[1]
  return [...(token === '' ? [] : [['Authorization', `token ${token}`] as [string, string]]), ...(xsrf === undefined ? [] : [['X-XSRFToken', xsrf] as [string, string]])]
}

function refusal({ status, responseText }: XMLHttpRequest): ApiError {
  try {
    const { message = '', code = '' } = JSON.parse(responseText) as { message?: string; code?: string }
    return new ApiError(message, status, code)
  } catch (cause) {
    return new ApiError('', status, '', { cause })
  }
}
