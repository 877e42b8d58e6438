/** The notebook that has the focus, the pipeline that it describes, and publishing it. */
import type { MountServerClient, PipelineStatus } from '@jupyterlab-pachyderm/mount-api'
import type { TranslationBundle } from '@jupyterlab/translation'
import { JSONExt, type ReadonlyJSONValue } from '@lumino/coreutils'
import { Debouncer } from '@lumino/polling'
import { stringify } from 'yaml'

import { ApiError, reasonOf } from '../server/api-error.js'
import type { PublishAnswer, ServerHalf } from '../server/server-half.js'
import { Observable } from './observable.js'
import { fieldsOf, metadataWith, type PipelineFields } from './pipeline-metadata.js'
import { fieldProblems, specProblems, type FieldProblems } from './pipeline-problems.js'
import { differenceOf, type DifferenceLine } from './spec-difference.js'
import type { SpecProblem } from './spec-text.js'

/** A notebook that is open in JupyterLab. */
export interface OpenNotebook {
  /** The same object for as long as the notebook is open. */
  readonly document: object
  readonly path: string
  /** The value under METADATA_KEY. */
  readMetadata(): unknown
  writeMetadata(value: unknown): void
  /** Saves the notebook if there is something to save; answers when the file was last modified. */
  save(): Promise<string>
}

/** What became of a publication. */
export type PublishOutcome =
  | { readonly kind: 'refused'; readonly text: string }
  /** `isRunning` is false where pachd keeps the pipeline and does not run it. */
  | { readonly kind: 'done'; readonly text: string; readonly isRunning: boolean; readonly state: string; readonly consoleUrl: string | undefined }

/** The specification that would be sent, as YAML, or why there is none. */
export interface PipelinePreview {
  readonly text: string
  readonly problem: string | undefined
}

/** What the tab shows. All but the fields is kept for each notebook while it is open. */
export interface PublishState {
  readonly notebookPath: string | undefined
  readonly fields: PipelineFields
  /** Of the fields that the user has left, or all after a try to publish. */
  readonly problems: FieldProblems
  readonly inputProblems: readonly SpecProblem[]
  readonly resourceProblems: readonly SpecProblem[]
  readonly work: 'publishing' | 'looking' | undefined
  /** Undefined while it is not shown. */
  readonly preview: PipelinePreview | undefined
  readonly outcome: PublishOutcome | undefined
}

/** A pipeline that is there and would be replaced; no lines where the specifications say the same. */
export interface Replacement {
  readonly running: PipelineStatus
  readonly difference: readonly DifferenceLine[]
}

/** What is known of one notebook beyond what stands in it. */
interface Session {
  readonly left: ReadonlySet<keyof PipelineFields>
  /** Whether an empty image is what the user wants to see, and not the default one. */
  readonly isImageEdited: boolean
  readonly work: PublishState['work']
  readonly preview: PipelinePreview | undefined
  readonly outcome: PublishOutcome | undefined
}

const NEW: Session = { left: new Set(), isImageEdited: false, work: undefined, preview: undefined, outcome: undefined }
const NO_FIELDS = fieldsOf(undefined, '')
const ALL_FIELDS = new Set(Object.keys(NO_FIELDS) as (keyof PipelineFields)[])
const EMPTY: PublishState = { notebookPath: undefined, fields: NO_FIELDS, problems: new Map(), inputProblems: [], resourceProblems: [], work: undefined, preview: undefined, outcome: undefined }

/** A preview that is open follows the fields after a pause in typing. */
const PREVIEW_PAUSE_MS = 400

/** States in which nothing runs; their reason is what the user wants to know. */
const idleStates: ReadonlySet<string> = new Set(['PIPELINE_PAUSED', 'PIPELINE_FAILURE', 'PIPELINE_CRASHING'])

/** A notebook is written to when the user edits a field or publishes it, and at no other time. */
export class PublishModel extends Observable<PublishState> {
  private notebook: OpenNotebook | undefined
  private defaultImage = ''
  private readonly sessions = new WeakMap<object, Session>()
  private readonly previewing = new Debouncer(() => this.previewAgain(), PREVIEW_PAUSE_MS)
  /** The last question for a preview of each notebook; an earlier one has an older answer. */
  private readonly asked = new WeakMap<object, symbol>()

  constructor(
    private readonly serverHalf: ServerHalf,
    private readonly client: MountServerClient,
    private readonly trans: TranslationBundle,
  ) {
    super(EMPTY)
  }

  override dispose(): void {
    this.previewing.dispose()
    super.dispose()
  }

  /** The image of notebooks that name none. */
  setDefaultImage(image: string): void {
    this.defaultImage = image
    this.showNow()
  }

  /** Shows the pipeline of another notebook, or that there is none. */
  show(notebook: OpenNotebook | undefined): void {
    const isAnother = notebook?.document !== this.notebook?.document
    this.notebook = notebook
    this.showNow()
    // The pause after its last edit may have ended while another one was shown.
    if (isAnother) void this.previewAgain()
  }

  /** Takes what the user typed, and keeps it in the notebook. */
  edit(part: Partial<PipelineFields>): void {
    const { notebook } = this
    if (!notebook) return
    const fields = { ...this.state.fields, ...part }
    this.write(notebook, metadataWith(notebook.readMetadata(), fields, part))
    this.keep(notebook, { outcome: undefined, ...(part.image === undefined ? {} : { isImageEdited: true }) })
    if (this.state.preview) void this.previewing.invoke()
  }

  /** The user has gone on to another field: from now on it is said what is wrong with this one. */
  leave(field: keyof PipelineFields): void {
    const { notebook } = this
    if (notebook) this.keep(notebook, { left: new Set([...this.sessionOf(notebook).left, field]) })
  }

  /** Shows the specification that would be sent, now and after each edit. Nothing is saved. */
  async preview(): Promise<void> {
    const { notebook } = this
    if (!notebook) return
    const question = Symbol(notebook.path)
    this.asked.set(notebook.document, question)
    let preview: PipelinePreview
    try {
      preview = { text: stringify(await this.serverHalf.previewPipeline(this.metadataToSend(notebook))), problem: undefined }
    } catch (error) {
      preview = { text: '', problem: reasonOf(error) }
    }
    if (this.asked.get(notebook.document) === question) this.keep(notebook, { preview })
  }

  /** Takes the preview away. */
  closePreview(): void {
    if (!this.notebook) return
    this.asked.delete(this.notebook.document)
    this.keep(this.notebook, { preview: undefined })
  }

  /**
   * Saves the notebook and makes the pipeline. Where there is one of that name, `isReplaced` is asked first; on a no,
   * nothing was changed. Resolves to what became of it, whichever notebook is shown by then; undefined when nothing did.
   */
  async publish(isReplaced: (replacement: Replacement) => Promise<boolean>): Promise<PublishOutcome | undefined> {
    const { notebook } = this
    const { fields } = this.state
    if (!notebook || this.sessionOf(notebook).work !== undefined) return undefined
    if (fieldProblems(fields, this.trans).size > 0) {
      this.keep(notebook, { left: ALL_FIELDS, outcome: { kind: 'refused', text: this.trans.__('Nothing was sent yet: some fields need your attention.') } })
      return this.sessionOf(notebook).outcome
    }
    await this.work('publishing', async () => {
      const metadata = this.metadataToSend(notebook)
      const spec = await this.serverHalf.previewPipeline(metadata)
      const running = await this.runningPipeline(fields)
      if (running && !(await isReplaced({ running, difference: differenceOf(running.spec, spec) }))) return
      this.write(notebook, metadata)
      const request = { last_modified_time: await notebook.save() }
      this.keep(notebook, { outcome: this.outcomeOf(await this.serverHalf.publish(notebook.path, request)) })
    })
    return this.sessionOf(notebook).outcome
  }

  /** Asks pachd how the pipeline is by now. */
  async look(): Promise<void> {
    const { fields } = this.state
    await this.work('looking', async notebook => {
      const status = await this.runningPipeline(fields)
      const outcome = status ? this.outcomeOf({ message: '', ...status }) : ({ kind: 'refused', text: this.trans.__('There is no pipeline of this name any more.') } as const)
      this.keep(notebook, { outcome })
    })
  }

  private async previewAgain(): Promise<void> {
    if (this.state.preview) await this.preview()
  }

  private async runningPipeline({ project, name }: PipelineFields): Promise<PipelineStatus | undefined> {
    try {
      return await this.client.getPipeline({ project: project || 'default', pipeline: name })
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined
      throw error
    }
  }

  /** What the user sees is what is sent, also when it is all defaults. */
  private metadataToSend(notebook: OpenNotebook): Record<string, unknown> {
    const { fields } = this.state
    const written = notebook.readMetadata()
    const inNotebook = fieldsOf(written, '')
    return metadataWith(written, fields, inNotebook.image === fields.image ? {} : { image: fields.image })
  }

  private write(notebook: OpenNotebook, metadata: unknown): void {
    const written = notebook.readMetadata() as ReadonlyJSONValue | undefined
    if (!written || !JSONExt.deepEqual(written, metadata as ReadonlyJSONValue)) notebook.writeMetadata(metadata)
  }

  private outcomeOf({ message, state = '', reason = '', console_url }: PublishAnswer): PublishOutcome {
    const isRunning = !idleStates.has(state)
    const common = { kind: 'done', isRunning, state, consoleUrl: console_url } as const
    if (isRunning) return { ...common, text: message || this.trans.__('The pipeline is there.') }
    return { ...common, text: reason === '' ? this.trans.__('The pipeline was created, but it does not run.') : this.trans.__('The pipeline was created, but it does not run: %1', reason) }
  }

  private async work(work: Exclude<PublishState['work'], undefined>, doing: (notebook: OpenNotebook) => Promise<void>): Promise<void> {
    const { notebook } = this
    if (!notebook || this.sessionOf(notebook).work !== undefined) return
    this.keep(notebook, { work, outcome: undefined })
    try {
      await doing(notebook)
    } catch (error) {
      const reason = reasonOf(error)
      this.keep(notebook, { outcome: { kind: 'refused', text: work === 'publishing' ? this.trans.__('Error creating pipeline: %1', reason) : reason } })
    }
    this.keep(notebook, { work: undefined })
  }

  private sessionOf({ document }: OpenNotebook): Session {
    return this.sessions.get(document) ?? NEW
  }

  private keep(notebook: OpenNotebook, part: Partial<Session>): void {
    this.sessions.set(notebook.document, { ...this.sessionOf(notebook), ...part })
    if (notebook.document === this.notebook?.document) this.showNow()
  }

  private showNow(): void {
    const { notebook } = this
    if (!notebook) {
      this.replace(EMPTY)
      return
    }
    const { left, isImageEdited, ...session } = this.sessionOf(notebook)
    const fields = fieldsOf(notebook.readMetadata(), isImageEdited ? '' : this.defaultImage)
    const problems = new Map([...fieldProblems(fields, this.trans)].filter(([field]) => left.has(field)))
    this.replace({
      notebookPath: notebook.path, fields, problems, ...session,
      inputProblems: specProblems(fields, 'inputSpec', this.trans), resourceProblems: specProblems(fields, 'resourceSpec', this.trans),
    })
  }
}
