/** What changes in the specification of a pipeline. */
import type { TranslationBundle } from '@jupyterlab/translation'

import type { Replacement } from '../model/publish-model.js'
import type { DifferenceLine } from '../model/spec-difference.js'

const SIGNS: Record<DifferenceLine['change'], string> = { removed: '-', added: '+', same: ' ' }

/** The running pipeline in a sentence, and the lines that go and come. */
export function SpecDifference({ replacement: { running, difference }, trans }: { readonly replacement: Replacement; readonly trans: TranslationBundle }) {
  return (
    <div className="jp-Pachyderm-replacement">
      <p>{trans.__('There is a pipeline of this name, in version %1. Its code is replaced, and it processes all data again.', running.version)}</p>
      {difference.length === 0 ? (
        <p>{trans.__('Its specification stays the same.')}</p>
      ) : (
        // Its end may be out of sight, and the keyboard must be able to scroll there.
        <pre className="jp-Pachyderm-difference" tabIndex={0} aria-label={trans.__('What changes in the specification')} data-testid="Pipeline__difference">
          {difference.map(({ change, text }, index) => (
            <span key={index} data-change={change}>{`${SIGNS[change]} ${text}\n`}</span>
          ))}
        </pre>
      )}
    </div>
  )
}
