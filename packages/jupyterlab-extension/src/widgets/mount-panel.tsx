/** The widget in the left area: the connection on top, and the tabs Data, Try and Publish once there is one. */
import type { DocumentRegistry } from '@jupyterlab/docregistry'
import type { CommandRegistry } from '@lumino/commands'
import { MessageLoop, type Message } from '@lumino/messaging'
import { Signal, type ISignal } from '@lumino/signaling'
import { PanelLayout, TabPanel, Widget } from '@lumino/widgets'

import type { MountModel } from '../model/mount-model.js'
import { PANEL_ID, type IMountModel } from '../tokens.js'
import { ConnectionArea } from './ConnectionArea.js'
import { DataPanel } from './data-panel.js'
import { pachydermIcon } from './pachyderm-icon.js'
import { createPublishTab } from './publish-panel.js'
import { ReactSection } from './react-section.js'
import type { CreateSpecEditor } from './SpecEditor.js'
import { createTryTab } from './try-tab.js'

/** Emits `shown` when it comes into sight. */
export class MountPanel extends Widget {
  private readonly shownSignal = new Signal<this, undefined>(this)
  private readonly tabs = new TabPanel({ tabPlacement: 'top' })
  private readonly mounts: MountModel
  /** The tabs have what the connection leaves, and are not told when that changes. */
  private readonly room = new ResizeObserver(() => MessageLoop.postMessage(this.tabs, Widget.ResizeMessage.UnknownSize))

  constructor(
    { mounts, trans }: IMountModel,
    connection: Widget,
    tabs: readonly Widget[],
  ) {
    super()
    this.mounts = mounts
    this.id = PANEL_ID
    this.title.caption = trans.__('Pachyderm Mount')
    this.title.icon = pachydermIcon
    this.addClass('jp-Pachyderm')
    this.node.tabIndex = -1
    connection.addClass('jp-Pachyderm-connection')
    this.tabs.addClass('jp-Pachyderm-tabs')
    for (const tab of tabs) this.tabs.addWidget(tab)
    const layout = new PanelLayout()
    layout.addWidget(connection)
    layout.addWidget(this.tabs)
    this.layout = layout
    this.room.observe(this.tabs.node)
    mounts.changed.connect(this.onMountsChanged)
    this.onMountsChanged()
  }

  /** Emits when the panel was hidden and is not any more. */
  get shown(): ISignal<this, undefined> {
    return this.shownSignal
  }

  /** Brings one of the tabs to the front. */
  showTab(tab: Widget): void {
    this.tabs.currentWidget = tab
  }

  override dispose(): void {
    this.room.disconnect()
    this.mounts.changed.disconnect(this.onMountsChanged)
    super.dispose()
  }

  /** The focus comes here, and with the next Tab to the first control. */
  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message)
    this.node.focus()
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message)
    this.shownSignal.emit(undefined)
  }

  private readonly onMountsChanged = (): void => {
    this.tabs.setHidden(this.mounts.state.connection.status !== 'connected')
  }
}

/** The parts of JupyterLab that the panel works with. */
export interface PanelHost {
  readonly commands: CommandRegistry
  readonly documents: DocumentRegistry
  readonly createEditor: CreateSpecEditor
}

/** The panel, whose actions are commands of the host. The caller disposes it. */
export function createMountPanel(model: IMountModel, { commands, documents, createEditor }: PanelHost): MountPanel {
  const { mounts, session, files, selection, trans } = model
  const data = new DataPanel(model, commands, documents)
  const connection = new ReactSection(
    () => (
      <ConnectionArea
        connection={mounts.state.connection}
        session={session.state}
        onConnect={(address, serverCas) => commands.execute('mount:connect', { address, serverCas }) as Promise<string | undefined>}
        onActivate={context => commands.execute('mount:activate-context', { context }) as Promise<string | undefined>}
        onRefresh={() => void commands.execute('mount:refresh')}
        onLogin={() => void commands.execute('mount:login')}
        onCancelLogin={() => session.cancelLogin()}
        onToken={token => session.loginWithToken(token)}
        onLogout={() => void commands.execute('mount:logout')}
        onRestart={() => void commands.execute('mount:restart-server')}
        onShowLog={() => void commands.execute('mount:show-log')}
        trans={trans}
      />
    ),
    [mounts.changed, session.changed],
  )
  const onShow = (name: string) => {
    panel.showTab(data)
    void files.open(name)
  }
  const datumTab = createTryTab(model, createEditor, onShow)
  const publishTab = createPublishTab(model, commands, createEditor)
  label(data, trans.__('Data'), 'pachyderm-explore-tab', 'Pipeline__back')
  label(datumTab, trans.__('Try'), 'pachyderm-test-tab', 'Datum__mode')
  label(publishTab, trans.__('Publish'), 'pachyderm-publish-tab')
  const panel = new MountPanel(model, connection, [data, datumTab, publishTab])
  let { revealed } = selection.state
  selection.changed.connect(() => {
    if (revealed === selection.state.revealed) return
    revealed = selection.state.revealed
    panel.showTab(data)
  })
  return panel
}

function label({ title }: Widget, text: string, className: string, testId = ''): void {
  title.label = text
  title.className = className
  if (testId !== '') title.dataset = { testid: testId }
}
