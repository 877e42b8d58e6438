/** The specification that would be sent to pachd. */
import type { TranslationBundle } from '@jupyterlab/translation'

import type { PipelinePreview as Preview } from '../model/publish-model.js'
import { IconButton } from './IconButton.js'
import { useIntoSight } from './into-sight.js'

/** `onCopy` takes the text. */
export interface PipelinePreviewProps {
  readonly preview: Preview
  readonly onCopy: (text: string) => void
  readonly onClose: () => void
  readonly trans: TranslationBundle
}

/** The text as YAML, or why there is none. It comes into sight when it opens: the form is long. */
export function PipelinePreview({ preview: { text, problem }, onCopy, onClose, trans }: PipelinePreviewProps) {
  return (
    <section ref={useIntoSight<HTMLElement>()} className="jp-Pachyderm-previewSection" aria-label={trans.__('Pipeline Spec Preview')}>
      <div className="jp-Pachyderm-previewHead">
        <span className="jp-Pachyderm-name">{trans.__('Pipeline Spec Preview:')}</span>
        <IconButton icon="copy" name={trans.__('Copy the spec')} testId="Pipeline__copySpec" disabled={text === ''} onClick={() => onCopy(text)} />
        <IconButton icon="close" name={trans.__('Close the preview')} testId="Pipeline__closePreview" onClick={onClose} />
      </div>
      {problem === undefined ? (
        // Its end may be out of sight, and the keyboard must be able to scroll there.
        <pre className="jp-Pachyderm-preview" tabIndex={0} data-testid="Pipeline__specPreview">
          {text}
        </pre>
      ) : (
        <p className="jp-Pachyderm-problem" data-testid="Pipeline__previewProblem">
          {problem}
        </p>
      )}
    </section>
  )
}
