/** A native select with JupyterLab's look. */
import type { ReactNode } from 'react'

import { Icon } from './Icon.js'

/** `children` are options. */
export interface SelectProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly children: ReactNode
  readonly id?: string
  readonly label?: string
  readonly disabled?: boolean
  readonly testId?: string
}

/** Its name is `label`, or the text of the label element that names `id`. */
export function Select({ value, onChange, children, id, label, disabled = false, testId }: SelectProps) {
  return (
    <span className="jp-Pachyderm-select">
      <select id={id} className="jp-mod-styled" aria-label={label} disabled={disabled} value={value} data-testid={testId} onChange={event => onChange(event.target.value)}>
        {children}
      </select>
      <Icon name="open" />
    </span>
  )
}
