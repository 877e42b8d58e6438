/** Icons by name; the host draws them. */
import { createContext, useContext, type ReactNode } from 'react'

/** The icons that the panel uses. */
export type IconName =
  | 'refresh' | 'more' | 'close' | 'open' | 'closed' | 'update' | 'folder' | 'file' | 'notebook' | 'image' | 'table' | 'copy' | 'code' | 'search'
  | 'upload' | 'newFolder' | 'discard' | 'lock' | 'edit' | 'project' | 'repo' | 'warning' | 'show' | 'commit' | 'download' | 'add' | 'previous' | 'next' | 'history'

/** How to draw one. */
export type DrawIcon = (name: IconName) => ReactNode

/** Given by the JupyterLab widget around the components; without it nothing is drawn. */
export const IconContext = createContext<DrawIcon>(() => null)

/** One icon; it has no accessible name of its own. */
export function Icon({ name }: { name: IconName }) {
  return (
    <span className="jp-Pachyderm-icon" aria-hidden="true">
      {useContext(IconContext)(name)}
    </span>
  )
}
