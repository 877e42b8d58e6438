/** The question before all mounts are given up. */
import type { MountEntry } from '@jupyterlab-pachyderm/mount-api'
import type { TranslationBundle } from '@jupyterlab/translation'

import { isConfirmed } from './confirmation.js'

/** Whether the cluster may be left; nobody is asked when nothing is mounted. `label` names what is done then. */
export async function mayLeave(mounts: readonly MountEntry[], label: string, trans: TranslationBundle): Promise<boolean> {
  if (mounts.length === 0) return true
  const title = trans._n('%1 mount will be unmounted', '%1 mounts will be unmounted', mounts.length)
  const body = trans.__('What was written to writable mounts is committed first. Notebooks cannot read any of the files any more.')
  return isConfirmed({ title, body, label }, trans)
}
