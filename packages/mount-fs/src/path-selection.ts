/** Which part of a commit a mount shows: everything, or chosen files and directories. */
import { cleanPath, isWithin } from './path-names.js'

/** A choice of paths. The chosen ones are visible with all below them, and so are the directories that lead to them. */
export class PathSelection {
  /** The chosen paths, clean. */
  readonly paths: readonly string[]

  /** Chooses `paths`; "/" or an empty path chooses everything. */
  constructor(paths: readonly string[]) {
    this.paths = paths.map(cleanPath)
  }

  /** Whether everything is visible. */
  get isEverything(): boolean {
    return this.paths.some(path => path === '/')
  }

  /** Whether `path` (clean, absolute) is visible. */
  shows(path: string): boolean {
    return this.paths.some(chosen => isWithin(path, chosen) || isWithin(chosen, path))
  }
}
