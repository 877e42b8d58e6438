/**
 * `write-sbom.ts FILE`: what is installed with mount-server and pachd-embedded from npm, as a CycloneDX document. It is read from an
 * installation of the packed packages, since npm leaves out what workspaces depend on among each other.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

import { dependenciesOn } from '../pack/package-managers.js'
import { packAll } from '../pack/tarballs.js'
import { root, SetupError } from '../setup/report.mjs'

const run = promisify(execFile)
const [file] = process.argv.slice(2)
if (file === undefined) throw new SetupError('Say which file the document goes to.')

const folder = await mkdtemp(join(tmpdir(), 'sbom-'))
try {
  const dependencies = dependenciesOn(await packAll(folder))
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'jupyterlab-pachyderm-npm', version, private: true, dependencies }))
  await run('npm', ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: folder })
  const { stdout } = await run('npm', ['sbom', '--sbom-format=cyclonedx', '--omit=dev'], { cwd: folder, maxBuffer: 64e6 })
  await writeFile(resolve(file), stdout)
} finally {
  await rm(folder, { recursive: true, force: true })
}
