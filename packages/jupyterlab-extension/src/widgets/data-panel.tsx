/** The tab with the data: what is mounted, what could be, and files. */
import type { TranslationBundle } from '@jupyterlab/translation'
import { SidePanel } from '@jupyterlab/ui-components'
import { AccordionPanel } from '@lumino/widgets'

import type { BranchRef } from '../model/mount-naming.js'
import type { FileEntry, FilesModel } from '../model/files-model.js'
import type { MountModel } from '../model/mount-model.js'
import { FileBrowser } from './FileBrowser.js'
import { MountedList } from './MountedList.js'
import { ReactSection } from './react-section.js'
import { RepoBrowser } from './RepoBrowser.js'

/** What the panel cannot do alone: it needs the rest of JupyterLab. */
export interface DataPanelActions {
  readonly openFile: (entry: FileEntry) => void
  readonly copyPath: (entry: FileEntry) => void
  readonly insertCode: (entry: FileEntry) => void
  readonly download: (entry: FileEntry) => void
  readonly unmount: (mountName: string) => void
  readonly mountCommit: (branch: BranchRef) => void
  readonly commit: (mountName: string) => void
}

/** Mounted, Repositories, Files: how they share the height until the user says otherwise. */
const SECTION_SIZES = [3, 5, 5]

/** Three sections that the user sizes and closes. */
export class DataPanel extends SidePanel {
  private readonly mounted: ReactSection
  private readonly repos: ReactSection
  private readonly browser: ReactSection

  constructor(
    private readonly mounts: MountModel,
    private readonly files: FilesModel,
    private readonly actions: DataPanelActions,
    private readonly trans: TranslationBundle,
  ) {
    super()
    this.addClass('jp-Pachyderm-data')
    this.mounted = new ReactSection(() => this.renderMounted(), [mounts.changed, files.changed])
    this.repos = new ReactSection(() => this.renderRepos(), [mounts.changed])
    this.browser = new ReactSection(() => this.renderFiles(), [files.changed])
    for (const section of [this.mounted, this.repos, this.browser]) this.addWidget(section)
    if (this.content instanceof AccordionPanel) this.content.setRelativeSizes(SECTION_SIZES)
    mounts.changed.connect(this.onMountsChanged)
    files.changed.connect(this.nameSections)
    this.onMountsChanged()
  }

  override dispose(): void {
    this.mounts.changed.disconnect(this.onMountsChanged)
    this.files.changed.disconnect(this.nameSections)
    super.dispose()
  }

  private readonly onMountsChanged = (): void => {
    this.nameSections()
    const shown = shownMount(this.files)
    const gone = shown !== undefined && !this.mounts.state.progress.has(shown) && !this.mounts.state.mounts.some(mount => mount.name === shown)
    if (gone) void this.files.open('')
  }

  private readonly nameSections = (): void => {
    const { mounts, repos } = this.mounts.state
    const shown = shownMount(this.files)
    this.mounted.title.label = this.trans.__('Mounted (%1)', mounts.length)
    this.repos.title.label = this.trans.__('Repositories (%1)', repos.length.toLocaleString())
    this.browser.title.label = shown === undefined ? this.trans.__('Files') : this.trans.__('Files: %1', shown)
  }

  private renderMounted() {
    const { mounts, progress, problems } = this.mounts.state
    return (
      <MountedList
        mounts={mounts}
        progress={progress}
        problems={problems}
        shown={shownMount(this.files)}
        onDismiss={name => this.mounts.dismissProblem(name)}
        onShow={name => void this.files.open(name)}
        onUnmount={this.actions.unmount}
        onUpdate={mount => void this.mounts.update(mount.name).then(() => this.files.refresh())}
        onCommit={mount => this.actions.commit(mount.name)}
        trans={this.trans}
      />
    )
  }

  private renderRepos() {
    const { repos, mounts, progress } = this.mounts.state
    return <RepoBrowser repos={repos} mounts={mounts} progress={progress} onMount={spec => void this.mountAndShow(spec)} onMountCommit={this.actions.mountCommit} trans={this.trans} />
  }

  private async mountAndShow(spec: Parameters<MountModel['mount']>[0]): Promise<void> {
    await this.mounts.mount(spec)
    if (this.mounts.state.mounts.some(mount => mount.name === spec.name)) await this.files.open(spec.name)
  }

  private renderFiles() {
    return (
      <FileBrowser
        files={this.files.state}
        onOpen={path => void this.files.open(path)}
        onOpenFile={this.actions.openFile}
        onCopyPath={this.actions.copyPath}
        onInsertCode={this.actions.insertCode}
        onDownload={this.actions.download}
        onLoadMore={() => void this.files.loadMore()}
        trans={this.trans}
      />
    )
  }
}

function shownMount(files: FilesModel): string | undefined {
  return files.state.status === 'none' ? undefined : files.state.path.split('/')[0]
}
