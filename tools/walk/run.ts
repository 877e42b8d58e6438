/**
 * From `pip install` to a plot, and what people come for after it, as a newcomer does it: `npx tsx -C @jupyterlab-pachyderm/source tools/walk/run.ts`.
 * Writes docs/newcomers-walk.md; with SCREENSHOTS, pictures of all steps into that folder.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'

import { createPachdClient } from '@jupyterlab-pachyderm/pachd-client'

import { startPachd } from '../../packages/jupyterlab-extension/ui-tests/pachd-process.js'
import { commitFiles, seedRepo, startBrowser } from '../../packages/jupyterlab-extension/ui-tests/stack.js'
import { root, runTool, step } from '../setup/report.mjs'
import { buildWheel, install, PACKAGES } from './installation.js'
import { pageText } from './page.js'
import { walkConfigured, walkUnconfigured } from './walks.js'

await runTool(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'newcomer-'))
  const stops: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })]
  try {
    const pachd = await startPachd(join(folder, 'pachd'))
    stops.push(() => pachd.stop())
    await seed(pachd.address)
    const browser = await startBrowser()
    stops.push(() => browser.close())
    const wheel = await step('Building the wheel', buildWheel)
    const machine = `${String(availableParallelism())} cores with a load of ${(loadavg()[0] ?? 0).toFixed(1)}`
    const installation = await step('pip install', () => install(join(folder, 'environment'), wheel))
    const { bin, jupyterlab } = installation
    const { startMs, opened, toPlot, mounted, read, datums, published, past, written, further } = await step('With a config file', () => walkConfigured(browser, { bin, home: join(folder, 'configured'), pachdAddress: pachd.address }))
    const { connected, steps: unconfigured } = await step('Without one', () => walkUnconfigured(browser, { bin, home: join(folder, 'unconfigured') }, pachd.address))
    const text = pageText({
      machine: `The machine: ${machine}; JupyterLab ${jupyterlab}, Chromium ${browser.version()}.`,
      commands: [
        { line: `pip install ${['jupyterlab-pachyderm', ...PACKAGES].join(' ')}`, durationMs: installation.durationMs },
        { line: 'jupyter lab', durationMs: startMs },
      ],
      toPlot, unconfigured, further,
      // The panel is open already, in both.
      compared: { configured: opened.acts.slice(1), connect: connected.acts, mount: mounted.acts, read: read.acts, past: past.acts, write: written.acts, datums: datums.acts, publish: published.acts },
    })
    await writeFile(join(root, 'docs/newcomers-walk.md'), text)
    process.stderr.write('docs/newcomers-walk.md is written.\n')
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
})

/** Two months in `sales`, a commit each, and `results` to write into. */
async function seed(address: string): Promise<void> {
  const client = createPachdClient({ address })
  await seedRepo(client, 'sales', { '/january.csv': 'city,amount\nParis,10\nRome,32\nOslo,7\n' })
  await commitFiles(client, 'sales', { '/february.csv': 'city,amount\nParis,12\nRome,30\nOslo,9\n' })
  await seedRepo(client, 'results', { '/readme.txt': 'results go here\n' })
  client.close()
}
