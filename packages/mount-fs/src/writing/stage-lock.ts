/** Who owns a directory: a lock that the kernel takes back when its owner ends, however it ends. */
import { statSync } from 'node:fs'
import { createServer } from 'node:net'

/** A held lock. Releasing twice is fine. */
export interface StageLock {
  release(): void
}

/**
 * Locks `directory` for this process; undefined when another one has it. The lock is a name among the abstract sockets
 * of Linux, made of device and inode: there is nothing to be left behind, and it does not matter by which path the directory is
 * reached. It holds among processes that share a network namespace.
 */
export async function lockDirectory(directory: string): Promise<StageLock | undefined> {
  const { dev, ino } = statSync(directory, { bigint: true })
  const server = createServer()
  const isLocked = await new Promise<boolean>((settle, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? settle(false) : fail(error)))
    server.listen(`\0jupyterlab-pachyderm-stage-${String(dev)}-${String(ino)}`, () => settle(true))
  })
  server.unref()
  return isLocked ? { release: () => void server.close() } : undefined
}
