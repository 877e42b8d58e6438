/** The line that says how data is read where nothing can be mounted. */
import type { TranslationBundle } from '@jupyterlab/translation'

import type { ServerStatus } from '../server/server-half.js'

/** Nothing where there is a mount. */
export function ShowingNote({ server, trans }: { readonly server: ServerStatus | undefined; readonly trans: TranslationBundle }) {
  if (server?.way !== 'none') return null
  return (
    <details className="jp-Pachyderm-note" data-testid="Config__withoutMount">
      <summary>{trans.__('Nothing can be mounted here. Notebooks read pfs://<mount>/<path> instead.')}</summary>
      {server.reason}
    </details>
  )
}
