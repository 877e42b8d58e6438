/** Waiting for a login that happens in another window. */
import type { MountModel } from './mount-model.js'

const ASK_AGAIN_MS = 1000
const PATIENCE_MS = 5 * 60_000

/** Asks until the user is logged in, or did not do it in five minutes. */
export async function waitForLogin(mounts: MountModel): Promise<void> {
  const end = Date.now() + PATIENCE_MS
  while (Date.now() < end) {
    await new Promise(resolve => setTimeout(resolve, ASK_AGAIN_MS))
    await mounts.refresh()
    if (mounts.state.connection.status !== 'logged-out') return
  }
}
