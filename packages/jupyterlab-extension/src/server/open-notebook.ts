/** A notebook of JupyterLab as the models know it that keep something in its metadata. */
import type { DocumentRegistry } from '@jupyterlab/docregistry'

import { PINS_KEY } from '../model/notebook-pins.js'
import { METADATA_KEY } from '../model/pipeline-metadata.js'
import type { PinningNotebook } from '../model/pins-model.js'
import type { OpenNotebook } from '../model/publish-model.js'

/** The part of JupyterLab's shared notebook that is needed here. */
interface SharedMetadata {
  getMetadata(key: string): unknown
  setMetadata(key: string, value: unknown): void
  deleteMetadata(key: string): void
}

/** The notebook behind a document; undefined when the document is something else, or lives on another drive. */
export function openNotebookOf(context: DocumentRegistry.Context | undefined): OpenNotebook | undefined {
  const shared = sharedMetadataOf(context)
  if (!shared || !context || context.path.includes(':')) return undefined
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

/** The same for the commits that it remembers, on any drive; undefined when the document is no notebook. */
export function pinningNotebookOf(context: DocumentRegistry.Context | undefined): PinningNotebook | undefined {
  const shared = sharedMetadataOf(context)
  if (!shared || !context) return undefined
  return {
    document: context,
    get path() {
      return context.path
    },
    readPins: () => shared.getMetadata(PINS_KEY),
    writePins: value => (value === undefined ? shared.deleteMetadata(PINS_KEY) : shared.setMetadata(PINS_KEY, value)),
  }
}

function sharedMetadataOf(context: DocumentRegistry.Context | undefined): SharedMetadata | undefined {
  if (!context?.path.endsWith('.ipynb')) return undefined
  const shared: unknown = context.model.sharedModel
  return holdsMetadata(shared) ? shared : undefined
}

function holdsMetadata(shared: unknown): shared is SharedMetadata {
  return typeof shared === 'object' && shared !== null && 'getMetadata' in shared && 'setMetadata' in shared && 'deleteMetadata' in shared
}
