/** pachd and JupyterLab together: started in order, stopped in the opposite one. */
import { copyFile, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { root, step } from '../setup/report.mjs'
import { startJupyter, type Jupyter } from './jupyter.js'
import { prepareMountPoint, removeMountPoint, unmountLeftover } from './mount-point.js'
import { startPachd } from './pachd.js'
import { seedSampleData } from './seed.js'
import { endLeftoverServices, rememberServices, type Service } from './service.js'

/** The notebook that a newcomer sees first, and that the check executes. */
export const FIRST_NOTEBOOK = 'read-versioned-data.ipynb'

/** Where the stack lives. */
export interface StackOptions {
  readonly dataDir: string
  readonly mountDir: string
  readonly port: number
  readonly pachdPort: number
}

/** Everything that runs. */
export interface Stack {
  readonly pachdAddress: string
  readonly jupyter: Jupyter
  readonly notebookDir: string
  /** Settles when one of the programs has ended by itself; the text says which and how. */
  readonly failed: Promise<string>
  /** Stops everything and leaves no mount. Stopping twice is fine. */
  stop(): Promise<void>
}

/** Starts pachd, seeds it the first time, and starts JupyterLab. Throws SetupError, with everything stopped again. */
export async function startStack({ dataDir, mountDir, port, pachdPort }: StackOptions): Promise<Stack> {
  const services: Service[] = []
  const leftovers = join(dataDir, 'services.json')
  const stop = async () => {
    for (const service of [...services].reverse()) await service.stop()
    await unmountLeftover(mountDir)
    await removeMountPoint(mountDir)
  }
  try {
    await mkdir(join(dataDir, 'logs'), { recursive: true })
    await endLeftoverServices(leftovers)
    await prepareMountPoint(mountDir)
    const pachd = await step(`Starting pachd on 127.0.0.1:${pachdPort}`, () => startPachd({ dataDir: join(dataDir, 'pachd'), port: pachdPort, logPath: join(dataDir, 'logs', 'pachd.log') }))
    services.push(pachd.service)
    await rememberServices(leftovers, services)
    await seedOnce(join(dataDir, 'sample-data-seeded'), pachd.address)
    const notebookDir = await exampleNotebooks(dataDir)
    const pachConfig = await ownPachConfig(dataDir, pachd.address)
    const jupyter = await step(`Starting JupyterLab on 127.0.0.1:${port}`, () => startJupyter({ port, stateDir: dataDir, notebookDir, notebook: FIRST_NOTEBOOK, mountDir, pachConfig }))
    services.push(jupyter.service)
    await rememberServices(leftovers, services)
    const failed = Promise.race(services.map(async service => `${service.name} ended: ${await service.ended}; its log is ${service.logPath}`))
    return { pachdAddress: pachd.address, jupyter, notebookDir, failed, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function seedOnce(marker: string, address: string): Promise<void> {
  if (await exists(marker)) return
  await step('Committing the sample data', () => seedSampleData(address))
  await writeFile(marker, 'The sample repos were committed; without this file they are made anew.\n')
}

/** The example notebooks, copied where the user may change them; a copy that is there already is left alone. */
async function exampleNotebooks(dataDir: string): Promise<string> {
  const folder = join(dataDir, 'notebooks')
  await mkdir(folder, { recursive: true })
  for (const name of await readdir(join(root, 'examples'))) {
    if (name.endsWith('.ipynb') && !(await exists(join(folder, name)))) await copyFile(join(root, 'examples', name), join(folder, name))
  }
  return folder
}

/** A config file of the demo's own; the user's stays untouched. */
async function ownPachConfig(dataDir: string, address: string): Promise<string> {
  const path = join(dataDir, 'config.json')
  const config = { v2: { active_context: 'demo', contexts: { demo: { pachd_address: address } } } }
  await writeFile(path, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 })
  return path
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
