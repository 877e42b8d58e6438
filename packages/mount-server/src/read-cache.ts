/** The cache on disk of what was read: where it is, how large it may be, and what happens when it cannot be used. */
import { DiskCache } from '@jupyterlab-pachyderm/mount-fs'
import { homedir, tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import type { Logger } from 'pino'

type Environment = Readonly<Record<string, string | undefined>>

const NAME = 'jupyterlab-pachyderm'

/** Opens the cache; undefined when it is turned off (a size of 0) or cannot be used, which is logged. */
export async function openReadCache({ cacheDir, cacheSize, mountDir }: { cacheDir: string | undefined; cacheSize: number; mountDir: string }, env: Environment, logger: Logger): Promise<DiskCache | undefined> {
  if (cacheSize === 0) return undefined
  const directory = resolve(cacheDir ?? defaultCacheDirectory(env))
  if (!relative(resolve(mountDir), directory).startsWith('..')) {
    logger.warn({ directory }, `reading goes on without a cache on disk: ${directory} lies in the mount directory; choose another one with --cache-dir`)
    return undefined
  }
  try {
    return await DiskCache.open({ directory, maxBytes: cacheSize, onProblem: (sentence, err) => logger.warn({ err }, sentence) })
  } catch (err) {
    logger.warn({ err, directory }, `reading goes on without a cache on disk: ${err instanceof Error ? err.message : String(err)}`)
    return undefined
  }
}

/** Below XDG_CACHE_HOME or the home directory, as other programs do; without either, a directory of the user's own for temporary files. */
export function defaultCacheDirectory(env: Environment): string {
  const { XDG_CACHE_HOME: caches, HOME: home } = env
  if (caches?.startsWith('/')) return join(caches, NAME)
  if (home?.startsWith('/')) return join(home, '.cache', NAME)
  try {
    return join(homedir(), '.cache', NAME)
  } catch {
    // A user id without an entry in the user database, as in some containers.
    return join(tmpdir(), `${NAME}-cache-${String(process.getuid?.() ?? 0)}`)
  }
}
