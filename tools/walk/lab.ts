/** `jupyter lab`, as a user of the installation starts it. */
import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { end, eventually } from '../../packages/jupyterlab-extension/ui-tests/child-process.js'
import { SetupError } from '../setup/report.mjs'

/** Whose it is. */
export interface LabUser {
  /** The PATH. */
  readonly bin: string
  /** The home directory, which is made; data appears in its `pfs`. */
  readonly home: string
  /** The address in `~/.pachyderm/config.json`. There is no such file without it. */
  readonly pachdAddress?: string
}

/** A running one. */
export interface Lab {
  /** What it prints for the browser, with the token. */
  readonly url: string
  /** From the start of the process until it answers. */
  readonly durationMs: number
  stop(): Promise<void>
}

/** Starts it; it answers when this resolves. Throws SetupError with its log. */
export async function startLab({ bin, home, pachdAddress }: LabUser): Promise<Lab> {
  const mountDir = join(home, 'pfs')
  const notebooks = join(home, 'notebooks')
  for (const folder of [mountDir, notebooks, join(home, '.pachyderm')]) await mkdir(folder, { recursive: true })
  if (pachdAddress !== undefined) await writeFile(join(home, '.pachyderm/config.json'), JSON.stringify({ v2: { active_context: 'mine', contexts: { mine: { pachd_address: pachdAddress } } } }))
  const begunMs = performance.now()
  const child = spawn(join(bin, 'jupyter-lab'), ['--no-browser', '--port=0', ...(process.getuid?.() === 0 ? ['--allow-root'] : [])], {
    cwd: notebooks,
    env: { PATH: bin, HOME: home, LANG: 'C.UTF-8', PFS_MOUNT_DIR: mountDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()))
  try {
    const url = await eventually(async () => {
      if (child.exitCode !== null) throw new SetupError('Jupyter ended')
      const printed = /http:\/\/127\.0\.0\.1:\d+\/lab\?token=\w+/.exec(log)?.[0]
      // Jupyter tells where it is before it listens there.
      const answer = printed === undefined ? undefined : await fetch(printed).catch(() => undefined)
      return answer?.ok === true ? printed : undefined
    })
    return { url, durationMs: performance.now() - begunMs, stop: () => end(child) }
  } catch (error) {
    await end(child)
    throw new SetupError(`JupyterLab did not start:\n${log}`, { cause: error })
  }
}
