/** How people install packages: npm, pnpm and Yarn, each in the version that the tests use. */
import { execFile } from 'node:child_process'
import { realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { outputOf } from '../setup/report.mjs'
import type { Tarball } from './tarballs.js'

const run = promisify(execFile)

/** A package manager, as a program of Node. */
export interface PackageManager {
  readonly name: string
  /** The arguments that install what a project's package.json asks for. */
  readonly install: readonly string[]
  /** The arguments before the name of a program of an installed package. */
  readonly execute: readonly string[]
  /** What makes packages depend on the tarballs of each other, since no registry has them yet. */
  readonly manifest: (tarballs: Readonly<Record<string, string>>) => object
  /** Writes the settings of a project. */
  readonly settings?: (project: string) => Promise<void>
  /** The program, put into `folder` where it has to be fetched. */
  readonly program: (folder: string) => Promise<string>
}

/** Fetches one file of a package. */
async function fetched(folder: string, name: string, version: string, file: string): Promise<string> {
  const home = join(folder, `${name.replace('/', '-')}-${version}`)
  await run('npm', ['install', '--prefix', home, '--no-save', '--ignore-scripts', '--prefer-offline', `${name}@${version}`])
  return join(home, 'node_modules', name, file)
}

/** The npm beside this Node, and what this person would get with `npm install --global`. */
export const packageManagers: readonly PackageManager[] = [
  {
    name: 'npm',
    install: ['install', '--prefer-offline'],
    execute: ['exec', '--no', '--'],
    manifest: () => ({}),
    program: () => realpath(outputOf('sh', ['-c', 'command -v npm']) ?? 'npm'),
  },
  {
    name: 'pnpm',
    install: ['install', '--prefer-offline'],
    execute: ['exec'],
    manifest: tarballs => ({ pnpm: { overrides: tarballs } }),
    program: folder => fetched(folder, 'pnpm', '10.34.8', 'bin/pnpm.cjs'),
  },
  {
    name: 'Yarn',
    install: ['install'],
    execute: ['run'],
    manifest: tarballs => ({ resolutions: tarballs }),
    settings: async project => {
      // Plug'n'Play replaces Node's file handles by ones without datasync, which pachd-embedded needs.
      await writeFile(join(project, '.yarnrc.yml'), 'nodeLinker: node-modules\nenableTelemetry: false\nenableImmutableInstalls: false\n')
      await writeFile(join(project, 'yarn.lock'), '')
    },
    program: folder => fetched(folder, '@yarnpkg/cli-dist', '4.18.1', 'bin/yarn.js'),
  },
]

/** The dependencies of a project that has the packages and nothing else. */
export function dependenciesOn(tarballs: readonly Tarball[]): Record<string, string> {
  return Object.fromEntries(tarballs.map(({ name, path }) => [name, `file:${path}`]))
}
