/** An editor for a specification, with what is wrong said at its line and below it. */
import type { TranslationBundle } from '@jupyterlab/translation'
import { useEffect, useId, useRef } from 'react'

import type { SpecCompletion } from '../model/spec-completion.js'
import type { SpecProblem } from '../model/spec-text.js'

/** What an editor shows; it takes a new one at any time. */
export interface SpecEditorState {
  readonly text: string
  readonly problems: readonly SpecProblem[]
  readonly isReadOnly: boolean
}

/** What an editor is made with. */
export interface SpecEditorOptions {
  readonly placeholder: string
  /** Attributes of the element that has the focus, such as its name. */
  readonly attributes: Readonly<Record<string, string>>
  readonly onEdit: (text: string) => void
  readonly onLeave: () => void
  /** What fits behind the first `at` characters of a text. */
  readonly complete: (text: string, at: number) => SpecCompletion | undefined
}

/** An editor in a page. Whoever makes it disposes it. */
export interface SpecEditorView {
  show(state: SpecEditorState): void
  dispose(): void
}

/** Makes an editor in an empty element. */
export type CreateSpecEditor = (host: HTMLElement, options: SpecEditorOptions) => SpecEditorView

/** `label` is its name for people; what is wrong can be left to `description`, the id of another element. */
export interface SpecEditorProps extends SpecEditorState {
  readonly label: string
  readonly placeholder: string
  readonly testId: string
  readonly createEditor: CreateSpecEditor
  readonly onEdit: (text: string) => void
  readonly onLeave?: () => void
  readonly complete?: (text: string, at: number) => SpecCompletion | undefined
  readonly description?: string
  readonly trans: TranslationBundle
}

/** The editor, its name above and its problems below. */
export function SpecEditor(props: SpecEditorProps) {
  const { label, placeholder, testId, createEditor, text, problems, isReadOnly, description, trans } = props
  const id = useId()
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<SpecEditorView>(undefined)
  const latest = useRef(props)
  latest.current = props
  useEffect(() => {
    if (!host.current) return
    const attributes = { 'aria-labelledby': `${id}-name`, 'aria-describedby': [`${id}-problems`, description].filter(Boolean).join(' '), 'data-testid': testId }
    view.current = createEditor(host.current, {
      placeholder,
      attributes,
      onEdit: edited => latest.current.onEdit(edited),
      onLeave: () => latest.current.onLeave?.(),
      complete: (edited, at) => latest.current.complete?.(edited, at),
    })
    return () => {
      view.current?.dispose()
      view.current = undefined
    }
  }, [createEditor, description, id, placeholder, testId])
  useEffect(() => view.current?.show({ text, problems, isReadOnly }), [text, problems, isReadOnly])
  return (
    <div className="jp-Pachyderm-specField">
      <span id={`${id}-name`} className="jp-Pachyderm-label">
        {label}
      </span>
      <div ref={host} className="jp-Pachyderm-spec" />
      <ul id={`${id}-problems`} className="jp-Pachyderm-specProblems">
        {problems.map(({ from, message, severity }) => (
          <li key={`${from}:${message}`} className="jp-Pachyderm-problem" data-severity={severity}>
            {trans.__('Line %1: %2', lineOf(text, from), message)}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** The number of a line, from 1. */
function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length
}
