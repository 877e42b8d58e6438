/**
 * Bytes of damaged changes that no record explains. They are kept beside the areas of the stage directory, where no commit
 * deletes them, until their owner has looked at them.
 */
import { copyFileSync, constants, linkSync, lstatSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

import { makePrivateDirectory } from '../private-directory.js'
import type { JournalDamage } from './journal.js'
import type { StageArea } from './stage-area.js'

/** The directory in a stage directory that holds them. */
export const KEPT_DIRECTORY = 'recovered'

const AREA_PREFIX = 'mount-'
const KEPT_NAME = /^(.*)-([^-]+)$/

/** What is kept of one working copy. */
export interface KeptAside {
  /** The mount; undefined when the damage took its name. */
  readonly mount: string | undefined
  readonly directory: string
  readonly files: readonly { readonly name: string; readonly sizeBytes: number }[]
}

/** What is to be kept. */
export interface Unexplained {
  readonly mount: string | undefined
  readonly damage: JournalDamage | undefined
  /** Staged files that no record leads to. */
  readonly files: readonly number[]
  /** Staged files of which a record that says which parts were written may be lost. */
  readonly doubtful: readonly number[]
}

/** Keeps the files and the journal as it was found. Doing it twice is fine. Throws what the file system of Node throws, and then nothing is lost. */
export function keepAside(area: StageArea, { mount, damage, files, doubtful }: Unexplained): KeptAside {
  const stage = dirname(area.path)
  const directory = join(stage, KEPT_DIRECTORY, `${encodeURIComponent(mount ?? '')}-${basename(area.path).slice(AREA_PREFIX.length)}`)
  makePrivateDirectory(directory)
  if (damage) write(join(directory, 'journal'), damage.bytes)
  for (const id of files) renameSync(area.pathOf(id), freeName(join(directory, basename(area.pathOf(id)))))
  for (const id of doubtful) link(area.pathOf(id), join(directory, basename(area.pathOf(id))))
  return { mount, directory, files: filesIn(directory) }
}

/** What is kept in a stage directory. */
export function keptIn(stageDirectory: string): KeptAside[] {
  return namesIn(join(stageDirectory, KEPT_DIRECTORY)).map(name => {
    const directory = join(stageDirectory, KEPT_DIRECTORY, name)
    const [, mount = ''] = KEPT_NAME.exec(name) ?? []
    return { mount: mount === '' ? undefined : decoded(mount), directory, files: filesIn(directory) }
  })
}

function filesIn(directory: string): KeptAside['files'] {
  return namesIn(directory).map(name => ({ name, sizeBytes: lstatSync(join(directory, name)).size }))
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) return []
    throw error
  }
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** Writes a file unless one with the same bytes is there. */
function write(path: string, bytes: Buffer): void {
  for (let number = 1; ; number++) {
    const place = number === 1 ? path : `${path}-${String(number)}`
    try {
      writeFileSync(place, bytes, { mode: 0o600, flag: 'wx' })
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      if (lstatSync(place).isFile() && readFileSync(place).equals(bytes)) return
    }
  }
}

/** A second name for the same bytes takes no room; where there are no second names, it is a copy. */
function link(from: string, to: string): void {
  const found = lstatSync(from, { throwIfNoEntry: false })
  if (!found?.isFile() || lstatSync(to, { throwIfNoEntry: false })?.ino === found.ino) return
  const place = freeName(to)
  try {
    linkSync(from, place)
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(String((error as NodeJS.ErrnoException).code))) throw error
    copyFileSync(from, place, constants.COPYFILE_EXCL)
  }
}

function freeName(path: string): string {
  let place = path
  for (let number = 2; lstatSync(place, { throwIfNoEntry: false }); number++) place = `${path}-${String(number)}`
  return place
}
