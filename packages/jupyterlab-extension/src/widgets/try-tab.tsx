/** The Try tab as a widget. */
import type { Widget } from '@lumino/widgets'

import { completionAt } from '../model/spec-completion.js'
import type { IMountModel } from '../tokens.js'
import { isConfirmed } from './confirmation.js'
import { DatumTab, type DatumActions } from './DatumTab.js'
import { ReactSection } from './react-section.js'
import type { CreateSpecEditor } from './SpecEditor.js'

/** `show` shows a directory below the mount among the files. The caller disposes the widget. */
export function createTryTab({ datums, mounts, trans }: IMountModel, createEditor: CreateSpecEditor, show: (directory: string) => void): Widget {
  const clearOutput = async () => {
    const count = datums.state.output.length
    const question = trans._n('%1 file or folder will be deleted.', '%1 files and folders will be deleted.', count, count)
    if (await isConfirmed({ title: trans.__('Clear out?'), body: question, label: trans.__('Clear') }, trans)) await datums.clearOutput()
  }
  const actions: DatumActions = {
    edit: spec => datums.edit(spec),
    reset: () => datums.reset(),
    load: () => void datums.load(),
    resume: () => void datums.resume(),
    cancel: () => void datums.cancel(),
    next: () => void datums.next(),
    previous: () => void datums.previous(),
    jump: index => void datums.jump(index),
    download: () => void datums.download(),
    refreshOutput: () => void datums.listOutput(),
    clearOutput: () => void clearOutput(),
    leave: () => void datums.leave(),
    show,
  }
  const complete = (text: string, at: number) => completionAt(text, at, mounts.state.repos)
  return new ReactSection(
    () => <DatumTab state={datums.state} inputs={mounts.state.mounts.map(mount => mount.name)} createEditor={createEditor} complete={complete} actions={actions} trans={trans} />,
    [datums.changed, mounts.changed],
    () => void datums.open(),
  )
}
