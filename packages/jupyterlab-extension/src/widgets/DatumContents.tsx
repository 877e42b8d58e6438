/** What is below /pfs for the shown datum: its inputs, and what was written to its output. */
import type { TranslationBundle } from '@jupyterlab/translation'

import { IconButton } from './IconButton.js'

/** `inputs` are directories below the mount; `output` the names in /pfs/out. */
export interface DatumContentsProps {
  readonly inputs: readonly string[]
  readonly output: readonly string[]
  readonly busy: boolean
  readonly onShow: (directory: string) => void
  readonly onRefresh: () => void
  readonly onClear: () => void
  readonly trans: TranslationBundle
}

/** The lists; each name leads to its files. */
export function DatumContents({ inputs, output, busy, onShow, onRefresh, onClear, trans }: DatumContentsProps) {
  return (
    <>
      <ul className="jp-Pachyderm-inputs" aria-label={trans.__('Inputs of this datum')} data-testid="Datum__inputs">
        {inputs.map(input => (
          <li key={input}>
            <button type="button" className="jp-Pachyderm-link" title={trans.__('Show the files of %1', input)} onClick={() => onShow(input)}>
              {input}
            </button>
          </li>
        ))}
      </ul>
      <div className="jp-Pachyderm-output" data-testid="Datum__output">
        <span className="jp-Pachyderm-name">
          <button type="button" className="jp-Pachyderm-link" title={trans.__('Show the files of %1', 'out')} onClick={() => onShow('out')}>
            out
          </button>{' '}
          <span className="jp-Pachyderm-secondary">{output.length === 0 ? trans.__('nothing written yet') : output.join(', ')}</span>
        </span>
        <IconButton icon="refresh" name={trans.__('Look again what was written to out')} testId="Datum__refreshOutput" disabled={busy} onClick={onRefresh} />
        <IconButton icon="close" name={trans.__('Clear out')} testId="Datum__clearOutput" disabled={busy || output.length === 0} onClick={onClear} />
      </div>
      {output.length > 0 && <p className="jp-Pachyderm-secondary">{trans.__('What is in out goes when another datum is shown; download the datum to keep it.')}</p>}
    </>
  )
}
