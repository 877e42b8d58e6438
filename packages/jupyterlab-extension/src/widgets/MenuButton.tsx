/** The button that opens the context menu of its row. */
import { Icon, type IconName } from './Icon.js'
import { openContextMenu } from './context-menu.js'

/** `name` says whose menu it is. */
export interface MenuButtonProps {
  readonly name: string
  readonly icon?: IconName
  readonly disabled?: boolean
  readonly testId?: string
  /** Called before the menu opens, to choose its row. */
  readonly onOpen?: () => void
}

/** The button. A click does not reach the row that it stands in. */
export function MenuButton({ name, icon = 'more', disabled = false, testId, onOpen }: MenuButtonProps) {
  return (
    <button
      type="button"
      className="jp-Pachyderm-iconButton"
      title={name}
      aria-label={name}
      aria-haspopup="menu"
      disabled={disabled}
      data-testid={testId}
      onClick={event => {
        event.stopPropagation()
        onOpen?.()
        openContextMenu(event.currentTarget)
      }}
    >
      <Icon name={icon} />
    </button>
  )
}
