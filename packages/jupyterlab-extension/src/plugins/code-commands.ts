/** The plugin with the commands that insert code which reads mounted files: the extension's own, or a snippet of the settings. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { InputDialog } from '@jupyterlab/apputils'
import { ISettingRegistry } from '@jupyterlab/settingregistry'

import { fileArguments, fileSchema, someFiles, type NamedFile } from '../model/file-arguments.js'
import { mountedPath } from '../model/mounted-path.js'
import { readingCode } from '../model/snippets/code-snippet.js'
import { readSnippets, snippetCode, snippetsFor, type ConfiguredSnippet, type SnippetFile } from '../model/snippets/configured-snippets.js'
import { isActiveCellEmpty, languageOf, notebookToWriteInto, setActiveCellText } from '../server/open-notebooks.js'
import { IMountModel, SETTINGS_ID } from '../tokens.js'
import { copyText } from '../widgets/clipboard.js'
import { toast } from '../widgets/toast.js'

const codeSchema = { ...fileSchema, properties: { ...fileSchema.properties, snippet: { type: 'string', description: 'Label of a snippet of the settings. Default: the first that matches, else the code of the extension.' } } }

/** Without an open notebook the code, in Python, goes to the clipboard. */
export const codeCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:code',
  description: 'Inserts code that reads mounted files.',
  autoStart: true,
  requires: [IMountModel],
  optional: [ISettingRegistry],
  activate: ({ commands, shell, restored }: JupyterFrontEnd, { mounts, session, files, selection, trans }: IMountModel, registry: ISettingRegistry | null) => {
    let snippets: readonly ConfiguredSnippet[] = []
    void registry?.load(SETTINGS_ID).then(async settings => {
      // Nobody would see what is told before.
      await restored
      let told = ''
      const take = () => {
        const read = readSnippets(settings.get('snippets').composite)
        snippets = read.snippets
        // Other settings change, too, and nobody wants to hear of the same problem again.
        if (told !== JSON.stringify(read.problems)) for (const { label, reason } of read.problems) toast('error', trans.__('The snippet “%1” is not used: %2', label, reason))
        told = JSON.stringify(read.problems)
      }
      settings.changed.connect(take)
      take()
    })
    // Without a mount, only URLs lead to the files.
    const isOnDisk = () => session.state.server?.way !== 'none'
    const language = () => {
      const notebook = notebookToWriteInto(shell)
      return notebook ? languageOf(notebook) : 'python'
    }
    const snippetFile = ({ path, kind }: NamedFile): SnippetFile => ({ path, kind, place: isOnDisk() ? mountedPath(path, mounts.state.mounts) : `pfs://${path}`, mount: mounts.state.mounts.find(({ name }) => name === path.split('/')[0]) })
    /** The snippets that all of the files may be read with. */
    const snippetsForAll = (meant: readonly NamedFile[]) => meant.reduce<readonly ConfiguredSnippet[]>((left, file) => snippetsFor(left, file, language()), meant.length === 0 ? [] : snippets)
    const insert = async (pieces: readonly string[]) => {
      if (pieces.length === 0) {
        const reason = isOnDisk() ? trans.__('No code is known for %1; copy the path of the file instead.', language()) : trans.__('Without a mount, kernels of %1 cannot read the files; copy them to Jupyter’s files first.', language())
        toast('warning', reason)
        return
      }
      const text = pieces.join('\n\n')
      const notebook = notebookToWriteInto(shell)
      if (!notebook) {
        copyText(text, trans.__('No notebook is open: code copied'))
        return
      }
      if (shell.currentWidget !== notebook) shell.activateById(notebook.id)
      if (!isActiveCellEmpty(notebook)) await commands.execute('notebook:insert-cell-below')
      await commands.execute('notebook:replace-selection', { text })
      // In JupyterLab 4.2 a new cell has its editor later.
      if (isActiveCellEmpty(notebook)) setActiveCellText(notebook, text)
    }
    const ownCode = (meant: readonly NamedFile[]) => insert(meant.flatMap(file => readingCode(snippetFile(file), language()) ?? []))
    const codeBy = (snippet: ConfiguredSnippet, file: NamedFile) => snippetCode(snippet, snippetFile(file), language())
    const snippetNamed = (label: string, file: NamedFile) => {
      const found = snippetsFor(snippets, file, language()).find(snippet => snippet.label === label)
      if (!found) throw new TypeError(`No snippet ${JSON.stringify(label)} of the settings is for ${file.path}`)
      return found
    }
    commands.addCommand('mount:insert-code', {
      label: trans.__('Insert Code That Reads the File'),
      describedBy: { args: codeSchema },
      isEnabled: args => fileArguments(args, files.state, selection.state).length > 0,
      execute: args => {
        const { snippet: label } = args
        return insert(
          someFiles(args, files.state, selection.state).flatMap(file => {
            const snippet = typeof label === 'string' ? snippetNamed(label, file) : snippetsFor(snippets, file, language())[0]
            return snippet ? codeBy(snippet, file) : (readingCode(snippetFile(file), language()) ?? [])
          }),
        )
      },
    })
    commands.addCommand('mount:choose-code', {
      label: trans.__('Choose the Code to Insert…'),
      describedBy: { args: fileSchema },
      isVisible: args => snippetsForAll(fileArguments(args, files.state, selection.state)).length > 0,
      isEnabled: args => snippetsForAll(fileArguments(args, files.state, selection.state)).length > 0,
      execute: async args => {
        const meant = someFiles(args, files.state, selection.state)
        const offered = snippetsForAll(meant)
        const own = trans.__('The extension’s own code')
        const { value } = await InputDialog.getItem({ title: trans.__('Choose the code to insert'), items: [...new Set([...offered.map(({ label }) => label), own])], okLabel: trans.__('Insert'), cancelLabel: trans.__('Cancel') })
        const chosen = offered.find(({ label }) => label === value)
        if (chosen) await insert(meant.map(file => codeBy(chosen, file)))
        else if (value === own) await ownCode(meant)
      },
    })
  },
}
