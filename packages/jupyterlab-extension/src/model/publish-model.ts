/** The notebook that has the focus, the pipeline that it describes, and publishing it. */
import type { TranslationBundle } from '@jupyterlab/translation'
import { Signal, type ISignal } from '@lumino/signaling'
import { stringify } from 'yaml'

import { reasonOf } from '../server/api-error.js'
import type { PublishAnswer, ServerHalf } from '../server/server-half.js'
import { fieldsOf, metadataOf, missingFields, type PipelineFields } from './pipeline-metadata.js'

/** A notebook that is open in JupyterLab. */
export interface OpenNotebook {
  readonly path: string
  /** The value under METADATA_KEY. */
  readMetadata(): unknown
  writeMetadata(value: unknown): void
  /** Saves the notebook; answers when the file was last modified. */
  save(): Promise<string>
}

/** What the tab shows. `outcome` stays until the fields or the notebook change. */
export interface PublishState {
  readonly notebookPath: string | undefined
  readonly fields: PipelineFields
  readonly busy: boolean
  readonly preview: string
  readonly outcome: { readonly kind: 'done' | 'refused'; readonly text: string } | undefined
}

/** A notebook is written to when the user edits a field, and at no other time. */
export class PublishModel {
  private notebook: OpenNotebook | undefined
  private defaultImage = ''
  private current: PublishState = { notebookPath: undefined, fields: fieldsOf(undefined, ''), busy: false, preview: '', outcome: undefined }
  private readonly signal = new Signal<this, undefined>(this)

  constructor(
    private readonly serverHalf: ServerHalf,
    private readonly trans: TranslationBundle,
  ) {}

  /** Emits when `state` is a new one. */
  get changed(): ISignal<this, undefined> {
    return this.signal
  }

  get state(): PublishState {
    return this.current
  }

  /** The image of notebooks that name none. */
  setDefaultImage(image: string): void {
    this.defaultImage = image
    this.show(this.notebook)
  }

  /** Shows the pipeline of another notebook, or that there is none. */
  show(notebook: OpenNotebook | undefined): void {
    const isSame = notebook?.path === this.notebook?.path
    this.notebook = notebook
    const fields = fieldsOf(notebook?.readMetadata(), this.defaultImage)
    this.set({ notebookPath: notebook?.path, fields, ...(isSame ? {} : { outcome: undefined, preview: '' }) })
  }

  /** Takes what the user typed, and keeps it in the notebook. */
  edit(part: Partial<PipelineFields>): void {
    const fields = { ...this.current.fields, ...part }
    this.notebook?.writeMetadata(metadataOf(fields))
    this.set({ fields, outcome: undefined, preview: '' })
  }

  /** Shows the specification that would be sent. */
  async preview(): Promise<void> {
    await this.work(async notebook => {
      await notebook.save()
      this.set({ preview: stringify(await this.serverHalf.previewPipeline(notebook.path)) })
      return undefined
    })
  }

  /** Saves the notebook and makes the pipeline, or updates it. */
  async publish(): Promise<void> {
    const missing = missingFields(this.current.fields, this.trans)
    if (missing.length > 0) {
      this.set({ outcome: { kind: 'refused', text: this.trans.__('Still to fill in: %1', missing.join(', ')) } })
      return
    }
    await this.work(async notebook => {
      const request = { last_modified_time: await notebook.save() }
      return outcomeText(await this.serverHalf.publish(notebook.path, request), this.trans)
    })
  }

  private async work(doing: (notebook: OpenNotebook) => Promise<string | undefined>): Promise<void> {
    const { notebook } = this
    if (!notebook || this.current.busy) return
    this.set({ busy: true, outcome: undefined })
    let outcome: PublishState['outcome']
    try {
      // What the user sees is what is sent, also when it is all defaults.
      notebook.writeMetadata(metadataOf(this.current.fields))
      const text = await doing(notebook)
      outcome = text === undefined ? undefined : { kind: 'done', text }
    } catch (error) {
      outcome = { kind: 'refused', text: this.trans.__('Error creating pipeline: %1', reasonOf(error)) }
    }
    this.set({ busy: false, outcome })
  }

  private set(part: Partial<PublishState>): void {
    this.current = { ...this.current, ...part }
    this.signal.emit(undefined)
  }
}

/** States in which nothing runs; their reason is what the user wants to know. */
const idleStates: ReadonlySet<string> = new Set(['PIPELINE_PAUSED', 'PIPELINE_FAILURE', 'PIPELINE_CRASHING'])

function outcomeText({ message, state = '', reason = '' }: PublishAnswer, trans: TranslationBundle): string {
  if (!idleStates.has(state)) return message
  return reason === '' ? trans.__('The pipeline was created, but it does not run.') : trans.__('The pipeline was created, but it does not run: %1', reason)
}
