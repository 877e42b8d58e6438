/** Steps from datum to datum. */
import type { TranslationBundle } from '@jupyterlab/translation'

import type { DatumPlace } from '../model/datum-model.js'
import { IconButton } from './IconButton.js'

/** `onJump` takes a position that counts from 0. */
export interface DatumCyclerProps {
  readonly place: DatumPlace
  readonly busy: boolean
  readonly onNext: () => void
  readonly onPrevious: () => void
  readonly onJump: (index: number) => void
  readonly trans: TranslationBundle
}

/** Where it stands, and the ways on. The last datum is followed by the first, once all are known. */
export function DatumCycler({ place, busy, onNext, onPrevious, onJump, trans }: DatumCyclerProps) {
  const { index, count, isComplete } = place
  const isAlone = isComplete && count === 1
  const take = (typed: string) => {
    const number = Number(typed)
    if (Number.isSafeInteger(number) && number >= 1 && number <= count) onJump(number - 1)
  }
  return (
    <div className="jp-Pachyderm-cycler" data-testid="Datum__cycler">
      <IconButton icon="previous" name={trans.__('Previous datum')} testId="Datum__cyclerLeft" disabled={busy || isAlone || (index === 0 && !isComplete)} onClick={onPrevious} />
      <span role="status">{trans.__('Datum (%1/%2)', index + 1, `${count}${isComplete ? '' : '+'}`)}</span>
      <IconButton icon="next" name={trans.__('Next datum')} testId="Datum__cyclerRight" disabled={busy || isAlone} onClick={onNext} />
      {count > 1 && (
        <input
          key={index}
          type="number"
          className="jp-mod-styled jp-Pachyderm-jump"
          aria-label={trans.__('Go to datum')}
          title={trans.__('Go to datum')}
          min={1}
          max={count}
          defaultValue={index + 1}
          disabled={busy}
          data-testid="Datum__jump"
          onKeyDown={event => {
            if (event.key === 'Enter') take(event.currentTarget.value)
          }}
          onBlur={event => take(event.currentTarget.value)}
        />
      )}
    </div>
  )
}
