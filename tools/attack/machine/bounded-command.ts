/** Commands that may hang: they run in a process of their own, which is killed when its time is over. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** How a command ended. */
export interface Ended {
  /** Null when it was killed. */
  readonly code: number | null
  readonly output: string
  readonly seconds: number
}

/** Runs a command for at most `limitSeconds`. It may touch mounts that do not answer, which the process of the rig must not. */
export async function bounded(limitSeconds: number, command: readonly string[], { input }: { input?: string } = {}): Promise<Ended> {
  const [file = '', ...args] = command
  const begun = performance.now()
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], cwd: '/' })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()))
  // A command that ends without reading is no failure of the pipe.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const limit = setTimeout(() => child.kill('SIGKILL'), limitSeconds * 1000)
  const [code] = (await once(child, 'close')) as [number | null]
  clearTimeout(limit)
  return { code, output, seconds: (performance.now() - begun) / 1000 }
}
