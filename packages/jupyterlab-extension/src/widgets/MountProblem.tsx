/** Why something could not be done with a mount. */
import { useIntoSight } from './into-sight.js'

/** In the row of the mount; it comes into sight when it is said. */
export function MountProblem({ text }: { readonly text: string }) {
  return (
    <span ref={useIntoSight<HTMLSpanElement>(text)} className="jp-Pachyderm-problem" role="alert">
      {text}
    </span>
  )
}
