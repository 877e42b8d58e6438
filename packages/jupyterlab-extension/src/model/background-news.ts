/** What goes wrong by itself, while nobody looks at the panel. */
import type { TranslationBundle } from '@jupyterlab/translation'

import type { MountState } from './mount-model.js'

/** One sentence for each thing that is wrong now and was not before. */
export function newsBetween(before: MountState, after: MountState, trans: TranslationBundle): string[] {
  return [...connectionNews(before, after, trans), ...mountNews(before, after), ...refusalNews(before, after)]
}

function connectionNews({ connection: was }: MountState, { connection }: MountState, trans: TranslationBundle): string[] {
  if (was.status !== 'connected') return []
  switch (connection.status) {
    case 'logged-out':
      return [trans.__('The login to %1 has ended. Log in again to read what is mounted.', connection.address)]
    case 'unreachable':
      return [trans.__('%1 does not answer any more.', connection.address)]
    case 'no-server':
      return [connection.reason]
    default:
      return []
  }
}

function mountNews(before: MountState, after: MountState): string[] {
  const wrongBefore = new Set(before.mounts.filter(({ state }) => state === 'error').map(({ name }) => name))
  return after.mounts.filter(({ name, state }) => state === 'error' && !wrongBefore.has(name)).map(({ name, status }) => `${name}: ${status}`)
}

function refusalNews(before: MountState, after: MountState): string[] {
  return [...after.problems].filter(([name, problem]) => before.problems.get(name) !== problem).map(([name, problem]) => `${name}: ${problem}`)
}
