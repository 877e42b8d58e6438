/** Opening the context menu of a row from a button, for those who do not know of the right mouse button. */

/** Opens it below `button`, as a right click on the row would. */
export function openContextMenu(button: HTMLElement): void {
  const { left, bottom } = button.getBoundingClientRect()
  button.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true, button: 2, clientX: left, clientY: bottom }))
}
