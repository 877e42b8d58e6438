/** The mount of which files are shown: gone with it, and listed anew when it shows something else. */
import type { MountEntry } from '@jupyterlab-pachyderm/mount-api'

import type { FilesModel } from './files-model.js'
import type { HistoryModel } from './history-model.js'
import { branchKey } from './mount-naming.js'
import type { MountModel } from './mount-model.js'

const SCRATCH = 'out'

/** Listens from the beginning. Whoever makes one disposes it. */
export class ShownMount {
  private contents = ''
  private heads = new Map<string, string>()

  constructor(
    private readonly mounts: Pick<MountModel, 'state' | 'changed'>,
    private readonly files: Pick<FilesModel, 'state' | 'changed' | 'open' | 'refresh'>,
    private readonly history: Pick<HistoryModel, 'reload'>,
  ) {
    mounts.changed.connect(this.onMountsChanged)
    files.changed.connect(this.onFilesChanged)
  }

  /** Its name; undefined when nothing is shown. */
  get name(): string | undefined {
    return this.files.state.status === 'none' ? undefined : this.files.state.path.split('/')[0]
  }

  dispose(): void {
    this.mounts.changed.disconnect(this.onMountsChanged)
    this.files.changed.disconnect(this.onFilesChanged)
  }

  private readonly onMountsChanged = (): void => {
    this.reloadHistory()
    const { name } = this
    // The directory for results is no mount; it is there with the datums.
    if (name === undefined || name === SCRATCH || this.mounts.state.progress.has(name)) return
    const mount = this.mountOf(name)
    if (!mount) {
      void this.files.open('')
      return
    }
    const contents = contentsOf(mount)
    const isOther = this.contents.startsWith(`${name}/`) && this.contents !== contents
    this.contents = contents
    if (isOther) void this.files.refresh()
  }

  /** What is listed first is what the mount shows by now. */
  private readonly onFilesChanged = (): void => {
    const { name } = this
    if (name !== undefined && this.contents.startsWith(`${name}/`)) return
    const mount = name === undefined ? undefined : this.mountOf(name)
    this.contents = mount ? contentsOf(mount) : ''
  }

  private mountOf(name: string): MountEntry | undefined {
    return this.mounts.state.mounts.find(entry => entry.name === name)
  }

  /** A new head of a mounted branch is a new row of its history. */
  private reloadHistory(): void {
    const heads = new Map(this.mounts.state.mounts.map(mount => [branchKey(mount), mount.latest_commit]))
    for (const mount of this.mounts.state.mounts) {
      const before = this.heads.get(branchKey(mount))
      if (before !== undefined && before !== mount.latest_commit) void this.history.reload(mount)
    }
    this.heads = heads
  }
}

/** What tells apart two contents of a mount. */
function contentsOf({ name, commit, uncommitted }: MountEntry): string {
  return `${name}/${commit}/${JSON.stringify(uncommitted)}`
}
