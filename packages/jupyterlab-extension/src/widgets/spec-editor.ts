/** JupyterLab's own code editor for specifications: its theme and keys, problems in the margin, names to choose from. */
import { autocompletion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { lintGutter, setDiagnostics } from '@codemirror/lint'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import { EditorView, placeholder as showWhenEmpty } from '@codemirror/view'
import { CodeEditor, type IEditorServices } from '@jupyterlab/codeeditor'

import type { CreateSpecEditor, SpecEditorOptions } from './SpecEditor.js'

/** YAML, of which JSON is a part. */
const MIME_TYPE = 'text/x-yaml'
const CONFIG = { lineNumbers: false, lineWrap: true, codeFolding: false, highlightActiveLine: false, scrollPastEnd: false }

/** Editors of this JupyterLab. */
export function createSpecEditors({ factoryService }: IEditorServices): CreateSpecEditor {
  return (host, options) => {
    const model = new CodeEditor.Model({ mimeType: MIME_TYPE })
    const readOnly = new Compartment()
    const editor = factoryService.newDocumentEditor({ host, model, config: CONFIG, extensions: [readOnly.of(EditorState.readOnly.of(false)), ...extensionsFor(options)] })
    const view = EditorView.findFromDOM(host)
    let isShowing = false
    const onChanged = () => {
      if (!isShowing) options.onEdit(model.sharedModel.getSource())
    }
    model.sharedModel.changed.connect(onChanged)
    host.addEventListener('keydown', leaveWithTab, true)
    return {
      show({ text, problems, isReadOnly }) {
        isShowing = true
        if (text !== model.sharedModel.getSource()) model.sharedModel.setSource(text)
        isShowing = false
        view?.dispatch({ effects: readOnly.reconfigure(EditorState.readOnly.of(isReadOnly)) })
        view?.dispatch(setDiagnostics(view.state, problems.map(problem => ({ ...problem }))))
      },
      dispose() {
        host.removeEventListener('keydown', leaveWithTab, true)
        model.sharedModel.changed.disconnect(onChanged)
        editor.dispose()
        model.dispose()
      },
    }
  }
}

/** The key goes on to the next field, as everywhere in the panel; lines are indented by Enter. */
function leaveWithTab(event: KeyboardEvent): void {
  if (event.key === 'Tab') event.stopPropagation()
}

function extensionsFor({ attributes, placeholder, complete, onLeave }: SpecEditorOptions): Extension[] {
  const source = (context: CompletionContext): CompletionResult | null => {
    const found = complete(context.state.doc.toString(), context.pos)
    return found ? { from: found.from, options: found.options.map(label => ({ label })), validFor: /^[\w:-]*$/ } : null
  }
  return [
    EditorView.contentAttributes.of(attributes),
    EditorView.domEventHandlers({ blur: () => onLeave() }),
    showWhenEmpty(placeholder),
    lintGutter(),
    autocompletion({ override: [source], icons: false }),
  ]
}
