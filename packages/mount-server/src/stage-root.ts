/** Where what was written is kept until it is committed. */
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

const NAME = 'jupyterlab-pachyderm/stage'

/** Below XDG_STATE_HOME or the home directory, as other programs do; without either, a directory of the user's own for temporary files. */
export function defaultStageRoot(env: Environment): string {
  const { XDG_STATE_HOME: states, HOME: home } = env
  if (states?.startsWith('/')) return join(states, NAME)
  if (home?.startsWith('/')) return join(home, '.local/state', NAME)
  try {
    return join(homedir(), '.local/state', NAME)
  } catch {
    // A user id without an entry in the user database, as in some containers.
    return join(tmpdir(), `jupyterlab-pachyderm-stage-${String(process.getuid?.() ?? 0)}`)
  }
}
