/** A small button that shows an icon; its name is its tooltip. */
import { Icon, type IconName } from './Icon.js'

/** `name` says what a click does. */
export interface IconButtonProps {
  readonly icon: IconName
  readonly name: string
  readonly onClick: () => void
  readonly disabled?: boolean
  readonly testId?: string
}

/** The button. A click does not reach the row that it stands in. */
export function IconButton({ icon, name, onClick, disabled = false, testId }: IconButtonProps) {
  return (
    <button
      type="button"
      className="jp-Pachyderm-iconButton"
      title={name}
      aria-label={name}
      disabled={disabled}
      data-testid={testId}
      onClick={event => {
        event.stopPropagation()
        onClick()
      }}
    >
      <Icon name={icon} />
    </button>
  )
}
