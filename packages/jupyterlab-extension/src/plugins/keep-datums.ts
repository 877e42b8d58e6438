/** The plugin that remembers, over reloads and restarts, what was tried. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { IStateDB } from '@jupyterlab/statedb'
import { JSONExt, type ReadonlyPartialJSONObject } from '@lumino/coreutils'

import type { DatumMemory } from '../model/datum-model.js'
import { IMountModel } from '../tokens.js'

const KEY = 'jupyterlab-pachyderm:datums'

/** It is kept with the workspace. */
export const keepDatums: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:keep-datums',
  description: 'Remembers the input that was tried, and what was mounted before.',
  autoStart: true,
  requires: [IMountModel, IStateDB],
  activate: (app: JupyterFrontEnd, { datums }: IMountModel, state: IStateDB) => {
    // JupyterLab restores only when all plugins are active, so nothing here may wait for it.
    void app.restored.then(async () => {
      const kept = await state.fetch(KEY)
      if (isMemory(kept)) datums.recall(kept)
      let saved = kept
      datums.changed.connect(() => {
        const memory = { ...datums.memory } as ReadonlyPartialJSONObject
        if (saved !== undefined && JSONExt.deepEqual(saved, memory)) return
        saved = memory
        void state.save(KEY, memory)
      })
    })
  },
}

function isMemory(value: unknown): value is DatumMemory {
  return typeof value === 'object' && value !== null && 'spec' in value && typeof value.spec === 'string' && 'mountedBefore' in value && Array.isArray(value.mountedBefore)
}
