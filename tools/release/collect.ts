/**
 * `collect.ts FOLDER`: puts all that is published, and is built, into one folder: npm/ in the order in which it is to be published,
 * python/, the archive, what is new, and checksums.
 */
import { createHash } from 'node:crypto'
import { copyFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'

import { packAll } from '../pack/tarballs.js'
import { root, SetupError } from '../setup/report.mjs'
import { notesOf } from './version-places.mjs'

const [given] = process.argv.slice(2)
if (given === undefined) throw new SetupError('Say which folder it goes to.')
const target = resolve(given)

/** Copies files of `folder` whose names end so; throws SetupError where none does. */
async function copyBuilt(folder: string, ending: string, to: string): Promise<void> {
  const names = (await readdir(join(root, folder)).catch(() => [])).filter(name => name.endsWith(ending))
  if (names.length === 0) throw new SetupError(`${folder} has no *${ending}: build it first`)
  for (const name of names) await copyFile(join(root, folder, name), join(to, name))
}

await mkdir(join(target, 'npm'), { recursive: true })
await mkdir(join(target, 'python'))
for (const [index, { path }] of (await packAll(join(target, 'npm'))).entries()) await rename(path, join(target, 'npm', `${index + 1}-${basename(path)}`))
await copyBuilt('packages/jupyterlab-extension/dist', '.whl', join(target, 'python'))
await copyBuilt('packages/jupyterlab-extension/dist', '.tar.gz', join(target, 'python'))
await copyBuilt('packages/mount-server/dist-standalone', '.tar.gz', target)

const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
await writeFile(join(target, 'notes.md'), notesOf(await readFile(join(root, 'CHANGELOG.md'), 'utf8'), version))
const archives = (await readdir(target)).filter(name => name.endsWith('.tar.gz'))
const sums = await Promise.all(archives.map(async name => `${createHash('sha256').update(await readFile(join(target, name))).digest('hex')}  ${name}\n`))
await writeFile(join(target, 'SHA256SUMS'), sums.join(''))
