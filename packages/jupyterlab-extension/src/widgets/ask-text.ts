/** The dialogs that ask for a text. */
import { InputDialog } from '@jupyterlab/apputils'
import type { TranslationBundle } from '@jupyterlab/translation'

/** What is asked. `label` names the field, `button` says what is done with the text. */
export interface Question extends Pick<InputDialog.ITextOptions, 'title' | 'label' | 'text' | 'placeholder' | 'selectionRange' | 'pattern'> {
  readonly button: string
}

/** Browsers read a pattern with the flag `v`, for which a slash in a class has to be escaped. */
const ONE_NAME = String.raw`[^\/]+`

/** What was typed, without spaces around it; undefined when that is nothing, and when the user gave up. */
export async function askText({ button, ...question }: Question, trans: TranslationBundle): Promise<string | undefined> {
  const { value } = await InputDialog.getText({ ...question, okLabel: button, cancelLabel: trans.__('Cancel') })
  return value?.trim() || undefined
}

/** Asks for one name of a path. */
export function askName(question: Question, trans: TranslationBundle): Promise<string | undefined> {
  return askText({ pattern: ONE_NAME, ...question }, trans)
}
