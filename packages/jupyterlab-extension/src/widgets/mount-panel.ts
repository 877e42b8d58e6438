/** The widget in the left area. */
import type { CommandRegistry } from '@lumino/commands'
import type { Message } from '@lumino/messaging'
import { Signal, type ISignal } from '@lumino/signaling'
import { PanelLayout, Widget } from '@lumino/widgets'

import type { FileEntry } from '../model/files-model.js'
import type { IMountModel } from '../tokens.js'
import { DataPanel } from './data-panel.js'
import { pachydermIcon } from './pachyderm-icon.js'

/** Emits `shown` when it comes into sight. */
export class MountPanel extends Widget {
  private readonly shownSignal = new Signal<this, undefined>(this)

  constructor(data: Widget) {
    super()
    this.id = 'pachyderm-mount'
    this.title.caption = 'Pachyderm Mount'
    this.title.icon = pachydermIcon
    this.addClass('jp-Pachyderm')
    const layout = new PanelLayout()
    layout.addWidget(data)
    this.layout = layout
  }

  /** Emits when the panel was hidden and is not any more. */
  get shown(): ISignal<this, undefined> {
    return this.shownSignal
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message)
    this.shownSignal.emit(undefined)
  }
}

/** The panel, whose actions are commands of the host. The caller disposes it. */
export function createMountPanel({ mounts, files }: IMountModel, commands: CommandRegistry): MountPanel {
  const onFile =
    (id: string) =>
    ({ path, kind }: FileEntry) =>
      void commands.execute(id, { path, kind })
  const data = new DataPanel(mounts, files, {
    openFile: onFile('mount:open-file'),
    copyPath: onFile('mount:copy-path'),
    insertCode: onFile('mount:insert-code'),
    download: onFile('mount:download-file'),
    unmount: mountName => void commands.execute('mount:unmount', { mountName }),
    commit: mountName => void commands.execute('mount:commit', { mountName }),
    login: () => commands.execute('mount:login') as Promise<string | undefined>,
    logout: () => void commands.execute('mount:logout'),
  })
  return new MountPanel(data)
}
