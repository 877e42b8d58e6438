/** Runs the programs of the system that mount, unmount and lock. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** The programs of the system, whatever the environment of the server says; NixOS keeps set-uid programs in the last place. */
const SYSTEM_ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin:/run/wrappers/bin', LC_ALL: 'C' }

/** How long a program may take, in milliseconds. */
const DEFAULT_TIMEOUT_MS = 5000

/**
 * Runs `command`, which gets `fd` as its descriptor 3. Rejects with what it printed when it fails, takes too long or is
 * not installed.
 */
export async function runSystemProgram(command: string, parameters: readonly string[], { fd, timeoutMs = DEFAULT_TIMEOUT_MS }: { fd?: number | undefined; timeoutMs?: number } = {}): Promise<void> {
  const child = spawn(command, parameters, { cwd: '/', env: SYSTEM_ENVIRONMENT, timeout: timeoutMs, killSignal: 'SIGKILL', stdio: ['ignore', 'ignore', 'pipe', ...(fd === undefined ? [] : [fd])] })
  let printed = ''
  child.stderr?.on('data', (text: Buffer) => (printed += text.toString()))
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  if (code !== 0) throw new Error(`${command} ended with ${String(code ?? signal)}: ${printed.trim()}`)
}
