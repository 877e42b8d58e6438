/** The tab with the data: what is mounted, what could be, and files. */
import type { DocumentRegistry } from '@jupyterlab/docregistry'
import { SidePanel } from '@jupyterlab/ui-components'
import type { CommandRegistry } from '@lumino/commands'
import { MessageLoop } from '@lumino/messaging'
import { AccordionPanel, PanelLayout, Widget } from '@lumino/widgets'

import type { FileEntry } from '../model/files-model.js'
import { nothingSelected } from '../model/list-selection.js'
import { ShownMount } from '../model/shown-mount.js'
import type { IMountModel } from '../tokens.js'
import { FileBrowser } from './FileBrowser.js'
import { fileIcon } from './file-icon.js'
import { MountedList } from './MountedList.js'
import { PinsNote } from './PinsNote.js'
import { ReactSection } from './react-section.js'
import { RepoBrowser } from './RepoBrowser.js'

/** Mounted, Repositories, Files: how they share the height until the user says otherwise. */
const SECTION_SIZES = [3, 5, 5]

/** Three sections that the user sizes and closes, and above them what the notebook with the focus remembers. What changes something is a command of the host. */
export class DataPanel extends SidePanel {
  private readonly mounted: ReactSection
  private readonly repos: ReactSection
  private readonly browser: ReactSection
  private readonly shown: ShownMount
  private shownPath = ''
  private arrivedUploads = 0
  private revealed: object | undefined
  /** The sections have what the note leaves, and are not told when that changes. */
  private readonly room = new ResizeObserver(() => MessageLoop.postMessage(this.content, Widget.ResizeMessage.UnknownSize))

  constructor(
    private readonly model: IMountModel,
    private readonly commands: CommandRegistry,
    private readonly documents: DocumentRegistry,
  ) {
    super()
    const { mounts, files, history, uploads, selection, pins } = model
    this.addClass('jp-Pachyderm-data')
    this.shown = new ShownMount(mounts, files, history)
    this.mounted = new ReactSection(() => this.renderMounted(), [mounts.changed, files.changed])
    this.repos = new ReactSection(() => this.renderRepos(), [mounts.changed, history.changed, selection.changed])
    this.browser = new ReactSection(() => this.renderFiles(), [files.changed, uploads.changed, selection.changed])
    for (const section of [this.mounted, this.repos, this.browser]) this.addWidget(section)
    if (this.content instanceof AccordionPanel) this.content.setRelativeSizes(SECTION_SIZES)
    const note = new ReactSection(() => this.renderPins(), [pins.changed])
    note.addClass('jp-Pachyderm-pinsSection')
    if (this.layout instanceof PanelLayout) this.layout.insertWidget(0, note)
    this.room.observe(this.content.node)
    selection.changed.connect(this.onSelectionChanged)
    mounts.changed.connect(this.nameSections)
    files.changed.connect(this.onFilesChanged)
    uploads.changed.connect(this.onUploadsChanged)
    this.nameSections()
  }

  override dispose(): void {
    if (this.isDisposed) return
    const { mounts, files, uploads, selection } = this.model
    this.room.disconnect()
    selection.changed.disconnect(this.onSelectionChanged)
    mounts.changed.disconnect(this.nameSections)
    files.changed.disconnect(this.onFilesChanged)
    uploads.changed.disconnect(this.onUploadsChanged)
    this.shown.dispose()
    super.dispose()
  }

  /** What is brought into sight is not hidden in a closed section. */
  private readonly onSelectionChanged = (): void => {
    const { revealed } = this.model.selection.state
    if (revealed === this.revealed) return
    this.revealed = revealed
    if (this.content instanceof AccordionPanel) this.content.expand(this.content.widgets.indexOf(this.repos))
  }

  private readonly onFilesChanged = (): void => {
    const { files, selection } = this.model
    const path = files.state.status === 'none' ? '' : files.state.path
    if (path !== this.shownPath) selection.chooseFiles(nothingSelected)
    this.shownPath = path
    this.nameSections()
  }

  private readonly onUploadsChanged = (): void => {
    const { files, uploads } = this.model
    if (uploads.state.sentCount > this.arrivedUploads) void files.refresh()
    this.arrivedUploads = uploads.state.sentCount
  }

  private readonly nameSections = (): void => {
    const { mounts: { state: { mounts, repos } }, trans } = this.model
    const shown = this.shown.name
    this.mounted.title.label = trans.__('Mounted (%1)', mounts.length)
    this.repos.title.label = trans.__('Repositories (%1)', repos.length.toLocaleString())
    this.browser.title.label = shown === undefined ? trans.__('Files') : trans.__('Files: %1', shown)
  }

  private renderPins() {
    const { pins, trans } = this.model
    return <PinsNote pins={pins.state} canMount={pins.canMount} onMount={() => void this.commands.execute('mount:mount-remembered')} onDismiss={() => pins.dismiss()} trans={trans} />
  }

  private renderMounted() {
    const { mounts, files, selection, trans } = this.model
    const { progress, problems } = mounts.state
    const run = (id: string) => (mountName: string) => void this.commands.execute(id, { mountName })
    return (
      <MountedList
        mounts={mounts.state.mounts}
        progress={progress}
        problems={problems}
        shown={this.shown.name}
        onDismiss={name => mounts.dismissProblem(name)}
        onChoose={name => selection.chooseMount(name)}
        onShow={name => void files.open(name)}
        onUnmount={run('mount:unmount')}
        onUpdate={run('mount:update')}
        onCommit={run('mount:commit')}
        onShowNews={run('mount:show-news')}
        trans={trans}
      />
    )
  }

  private renderRepos() {
    const { mounts, history, selection, trans } = this.model
    const { repos, isListed, progress } = mounts.state
    return (
      <RepoBrowser
        repos={repos}
        isListed={isListed}
        mounts={mounts.state.mounts}
        history={history.state}
        progress={progress}
        selection={selection.state.repoRows}
        revealed={selection.state.revealed}
        onSelect={(rows, target) => selection.chooseRepoRow(rows, target)}
        onMount={({ project, repo, branch, commit, mode }) => void this.commands.execute('mount:mount-branch', { project, repo, branch, commit, mode })}
        onOpenRepo={repo => void history.openRepo(repo)}
        onOpenBranch={ref => void history.open(ref)}
        onLoadMore={ref => void history.loadMore(ref)}
        onNewRepo={() => void this.commands.execute('mount:new-repo')}
        onRefresh={() => void this.commands.execute('mount:refresh')}
        trans={trans}
      />
    )
  }

  private renderFiles() {
    const { files, uploads, selection, trans } = this.model
    const run = (id: string) => ({ path, kind }: FileEntry) => void this.commands.execute(id, { path, kind })
    return (
      <FileBrowser
        files={files.state}
        uploads={uploads.state.uploads}
        selection={selection.state.files}
        onSelect={chosen => selection.chooseFiles(chosen)}
        iconOf={entry => fileIcon(entry, this.documents)}
        onOpen={path => void files.open(path)}
        onOpenFile={run('mount:open-file')}
        onFilter={search => void files.filter(search)}
        onInsertCode={run('mount:insert-code')}
        onDownload={run('mount:download-file')}
        onLoadMore={() => void files.loadMore()}
        onChooseFiles={() => void this.commands.execute('mount:upload-files')}
        onUpload={dropped => uploads.add(dropped.map(({ name, content }) => ({ path: `${this.shownPath}/${name}`, content })))}
        onNewFolder={() => void this.commands.execute('mount:new-folder')}
        onRename={run('mount:rename-file')}
        onDelete={() => void this.commands.execute('mount:delete-file')}
        onSendAgain={ids => uploads.sendAgain(ids)}
        onDropUploads={ids => uploads.drop(ids)}
        trans={trans}
      />
    )
  }
}
