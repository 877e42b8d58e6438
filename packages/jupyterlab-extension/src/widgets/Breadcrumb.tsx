/** The way to the shown directory, each step of it a button. */
import type { TranslationBundle } from '@jupyterlab/translation'

/** `path` begins with the name of the mount. */
export interface BreadcrumbProps {
  readonly path: string
  readonly onOpen: (path: string) => void
  readonly trans: TranslationBundle
}

/** The way. */
export function Breadcrumb({ path, onOpen, trans }: BreadcrumbProps) {
  const parts = path.split('/')
  return (
    <nav className="jp-Pachyderm-crumbs" aria-label={trans.__('Directory')}>
      {parts.map((part, index) => {
        const target = parts.slice(0, index + 1).join('/')
        return (
          <span key={target}>
            {index > 0 && ' / '}
            <button type="button" className="jp-Pachyderm-link" aria-current={index === parts.length - 1 ? 'page' : undefined} title={target} onClick={() => onOpen(target)}>
              {part}
            </button>
          </span>
        )
      })}
    </nav>
  )
}
