/** Requests to the server half of the extension: the only fetch of the package. */
import type { EventTransport, Transport } from '@jupyterlab-pachyderm/mount-api'
import { URLExt } from '@jupyterlab/coreutils'
import { ServerConnection } from '@jupyterlab/services'
import type { TranslationBundle } from '@jupyterlab/translation'

import { ApiError } from './api-error.js'

/** Below Jupyter's base URL. */
export const API_PATH = 'pachyderm/v2'

/** A transport with the settings of this JupyterLab; rejects with ApiError. */
export function createJupyterTransport(settings: ServerConnection.ISettings, trans: TranslationBundle): Transport {
  return async ({ method, url, body }) => {
    const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
    const response = await send(URLExt.join(settings.baseUrl, API_PATH, url), init, settings, trans)
    const text = await response.text()
    if (!response.ok) throw refusal(response, text, trans)
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  }
}

/** A transport for streams of events; it rejects with ApiError when Jupyter does not answer. */
export function createJupyterEventTransport(settings: ServerConnection.ISettings, trans: TranslationBundle): EventTransport {
  return ({ url, headers, signal }) => send(URLExt.join(settings.baseUrl, API_PATH, url), { headers, signal }, settings, trans)
}

async function send(url: string, init: RequestInit, settings: ServerConnection.ISettings, trans: TranslationBundle): Promise<Response> {
  try {
    return await ServerConnection.makeRequest(url, init, settings)
  } catch (cause) {
    throw new ApiError(trans.__('Jupyter does not answer. It may have been stopped, or the network is away.'), 0, 'NO_JUPYTER', { cause })
  }
}

function refusal(response: Response, text: string, trans: TranslationBundle): ApiError {
  const { message, code } = told(text)
  const missing = response.status === 404 && message === undefined
  if (missing) {
    const reason = trans.__('The server half of jupyterlab-pachyderm is not running in this Jupyter server. Run `pip install jupyterlab-pachyderm` in its environment, then restart it.')
    return new ApiError(reason, 404, 'NO_SERVER_EXTENSION')
  }
  return new ApiError(message ?? trans.__('Jupyter answered with status %1.', response.status), response.status, code ?? '')
}

function told(text: string): { message?: string; code?: string } {
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body !== 'object' || body === null) return {}
    const { message, code } = body as Record<string, unknown>
    return { ...(typeof message === 'string' ? { message } : {}), ...(typeof code === 'string' ? { code } : {}) }
  } catch {
    return {}
  }
}
