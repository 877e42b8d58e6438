/** The embedded pachd of the demo. */
import { join } from 'node:path'

import { root } from '../setup/report.mjs'
import { Service } from './service.js'

/** Starts it; resolves when it listens. */
export async function startPachd({ dataDir, port, logPath }: { dataDir: string; port: number; logPath: string }): Promise<{ service: Service; address: string }> {
  const service = new Service({
    name: 'pachd-embedded',
    command: process.execPath,
    args: [join(root, 'packages/pachd-embedded/bin/pachd-embedded.js'), '--data-dir', dataDir, '--port', String(port)],
    env: process.env,
    cwd: root,
    logPath,
  })
  try {
    const ready = await service.waitForOutput(/listening on (grpc:\/\/\S+)/, 30_000)
    return { service, address: ready[1] ?? '' }
  } catch (error) {
    await service.stop()
    throw error
  }
}
