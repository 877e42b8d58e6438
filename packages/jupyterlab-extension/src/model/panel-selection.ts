/** What is chosen in the panel: commands without arguments mean this. */
import { nothingSelected, select, type ListSelection } from './list-selection.js'
import { Observable } from './observable.js'
import { targetKey, type MountTarget } from './repo-tree.js'

/** `files` by path, `repoRows` by key of the row. */
export interface PanelSelectionState {
  /** The mount in the Mounted section. */
  readonly mountName: string | undefined
  /** What the chosen row of the Repositories section would mount. */
  readonly target: MountTarget | undefined
  readonly repoRows: ListSelection
  /** What is to be brought into sight among the repos; each time another object. */
  readonly revealed: MountTarget | undefined
  readonly files: ListSelection
}

/** Kept beside the data, so that it survives every update of it. */
export class PanelSelection extends Observable<PanelSelectionState> {
  constructor() {
    super({ mountName: undefined, target: undefined, repoRows: nothingSelected, revealed: undefined, files: nothingSelected })
  }

  /** Chooses a mount. */
  chooseMount(mountName: string): void {
    if (mountName !== this.state.mountName) this.set({ mountName })
  }

  /** Chooses rows of the repo tree, of which the active one would mount `target`. */
  chooseRepoRow(repoRows: ListSelection, target: MountTarget | undefined): void {
    this.set({ repoRows, target })
  }

  /** Chooses a branch or commit, and brings it into sight among the repos. */
  reveal(target: MountTarget): void {
    this.set({ repoRows: select(nothingSelected, [], targetKey(target)), target, revealed: { ...target } })
  }

  /** Chooses files of the shown directory. */
  chooseFiles(files: ListSelection): void {
    this.set({ files })
  }
}
