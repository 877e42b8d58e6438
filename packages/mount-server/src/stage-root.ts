/** Where changes are kept until they are committed. */
import { FsError, StageDirectory } from '@jupyterlab-pachyderm/mount-fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Logger } from 'pino'

type Environment = Readonly<Record<string, string | undefined>>

const NAME = 'jupyterlab-pachyderm/stage'

/**
 * Claims the stage directory of a server. Reading needs none: when it cannot be used, the log gets the reason, and so does
 * everyone who mounts for writing.
 */
export async function openStage({ stageDir, mountDir }: { stageDir: string | undefined; mountDir: string }, env: Environment, logger: Logger): Promise<StageDirectory> {
  const root = resolve(stageDir ?? defaultStageRoot(env))
  try {
    return await StageDirectory.claim(root, resolve(mountDir), { onNotice: sentence => logger.warn(sentence) })
  } catch (error) {
    const refusal = FsError.from(error)
    logger.warn({ err: refusal.cause }, `mounts are read-only: ${refusal.message}`)
    return StageDirectory.refusing(root, refusal)
  }
}

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
