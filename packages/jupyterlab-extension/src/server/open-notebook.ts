/** A notebook of JupyterLab as the publish model knows it. */
import type { DocumentRegistry } from '@jupyterlab/docregistry'

import type { OpenNotebook } from '../model/publish-model.js'
import { METADATA_KEY } from '../model/pipeline-metadata.js'

/** The part of JupyterLab's shared notebook that is needed here. */
interface SharedMetadata {
  getMetadata(key: string): unknown
  setMetadata(key: string, value: unknown): void
}

/** The notebook behind a document; undefined when the document is something else, or lives on another drive. */
export function openNotebookOf(context: DocumentRegistry.Context | undefined): OpenNotebook | undefined {
  if (!context?.path.endsWith('.ipynb') || context.path.includes(':')) return undefined
  const shared: unknown = context.model.sharedModel
  if (!holdsMetadata(shared)) return undefined
  return {
    document: context,
    get path() {
      return context.path
    },
    readMetadata: () => shared.getMetadata(METADATA_KEY),
    writeMetadata: value => shared.setMetadata(METADATA_KEY, value),
    save: async () => {
      if (context.model.dirty) await context.save()
      const modified = context.contentsModel?.last_modified
      if (modified === undefined) throw new Error(`${context.path} could not be saved`)
      return modified
    },
  }
}

function holdsMetadata(shared: unknown): shared is SharedMetadata {
  return typeof shared === 'object' && shared !== null && 'getMetadata' in shared && 'setMetadata' in shared
}
