/** The Publish tab as a widget. */
import { Clipboard } from '@jupyterlab/apputils'
import type { CommandRegistry } from '@lumino/commands'
import type { Widget } from '@lumino/widgets'

import { completionAt } from '../model/spec-completion.js'
import type { IMountModel } from '../tokens.js'
import { PublishTab, type PublishActions } from './PublishTab.js'
import { ReactSection } from './react-section.js'
import { isReplaced } from './replacement.js'
import type { CreateSpecEditor } from './SpecEditor.js'

/** JupyterLab's own command. */
const NEW_NOTEBOOK = 'notebook:create-new'

/** The caller disposes the widget. */
export function createPublishTab({ publish, datums, mounts, trans }: IMountModel, commands: CommandRegistry, createEditor: CreateSpecEditor): Widget {
  const actions: PublishActions = {
    edit: part => publish.edit(part),
    leave: field => publish.leave(field),
    preview: () => void publish.preview(),
    closePreview: () => publish.closePreview(),
    copy: text => Clipboard.copyToSystem(text),
    publish: () => void publish.publish(replacement => isReplaced(replacement, trans)),
    look: () => void publish.look(),
  }
  const newNotebook = () => void commands.execute(NEW_NOTEBOOK)
  const possible = () => (commands.hasCommand(NEW_NOTEBOOK) ? { ...actions, newNotebook } : actions)
  const complete = (text: string, at: number) => completionAt(text, at, mounts.state.repos)
  const triedSpec = () => (datums.state.place ? datums.state.spec : '')
  return new ReactSection(
    () => <PublishTab state={publish.state} triedSpec={triedSpec()} createEditor={createEditor} complete={complete} actions={possible()} trans={trans} />,
    [publish.changed, datums.changed, mounts.changed],
  )
}
