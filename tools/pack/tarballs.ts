/** The published npm packages, and the files that a registry would get. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { root } from '../setup/report.mjs'

/** The folders below packages/ that are published to npm, each after what it depends on. */
export const publishedFolders = ['pachd-proto', 'mount-api', 'pachd-client', 'pachd-embedded', 'mount-fs', 'mount-server']

/** One packed package. */
export interface Tarball {
  /** With the scope. */
  readonly name: string
  readonly path: string
  /** Paths inside of the package. */
  readonly files: readonly string[]
}

/** Packs what is built in `dist/` of each published package into `folder`. */
export async function packAll(folder: string): Promise<Tarball[]> {
  const workspaces = publishedFolders.flatMap(name => ['--workspace', `packages/${name}`])
  const { stdout } = await promisify(execFile)('npm', ['pack', '--json', '--pack-destination', folder, ...workspaces], { cwd: root, maxBuffer: 16e6 })
  const packed: unknown = JSON.parse(stdout)
  // npm 12 answers with an object by name, npm 10 and 11 with a list.
  const list = Object.values(packed as object) as { name: string; filename: string; files: { path: string }[] }[]
  return list.map(({ name, filename, files }) => ({ name, path: join(folder, filename), files: files.map(({ path }) => path) }))
}
