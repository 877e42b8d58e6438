/** The plugin with the commands on datums: trying an input, going from datum to datum, and leaving. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'

import { IMountModel } from '../tokens.js'
import { toast } from '../widgets/toast.js'
import { withoutArguments } from './described-by.js'

/** What comes of them is shown in the Try tab, which need not be in sight: a refusal is told as well. */
export const datumCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:datum-commands',
  description: 'Trying the input of a pipeline, datum by datum.',
  autoStart: true,
  requires: [IMountModel],
  activate: ({ commands }: JupyterFrontEnd, { datums, trans }: IMountModel) => {
    const isIdle = () => datums.state.work === undefined
    const isShown = () => isIdle() && datums.state.place !== undefined
    const add = (id: string, label: string, isEnabled: () => boolean, doing: () => Promise<void>) => {
      const execute = async () => {
        await doing()
        if (datums.state.problem !== undefined) toast('error', datums.state.problem)
      }
      commands.addCommand(id, { label, describedBy: withoutArguments, isEnabled, execute })
    }
    add('mount:load-datums', trans.__('Load the Datums of the Input Spec'), () => isIdle() && datums.state.spec.trim() !== '', () => datums.load())
    add('mount:next-datum', trans.__('Show the Next Datum'), isShown, () => datums.next())
    add('mount:previous-datum', trans.__('Show the Previous Datum'), isShown, () => datums.previous())
    add('mount:download-datum', trans.__('Download the Shown Datum'), isShown, () => datums.download())
    add('mount:leave-datums', trans.__('Leave the Datums'), isShown, () => datums.leave())
    let [wasIdle, wasShown] = [isIdle(), isShown()]
    datums.changed.connect(() => {
      if (wasIdle === isIdle() && wasShown === isShown()) return
      ;[wasIdle, wasShown] = [isIdle(), isShown()]
      commands.notifyCommandChanged()
    })
  },
}
