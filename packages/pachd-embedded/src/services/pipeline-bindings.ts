/** The role bindings of pipelines: `pipeline:PROJECT/NAME` writes its output and cron repos, and reads its inputs. */
import { bindRoles } from '../model/auth.js'
import { NOBODY } from '../model/change.js'
import type { Change } from '../model/change.js'
import { repoResource } from '../model/repos.js'
import { getBinding } from '../model/role-bindings.js'
import type { Source } from './pipeline-inputs.js'
import type { PipelineName } from './pipeline-spec.js'

const subjectOf = ({ project, name }: PipelineName): string => `pipeline:${project}/${name}`

/** Binds a pipeline to its output repo and to `sources`; repos that only `before` named are unbound. Does nothing while auth is off. */
export function bindPipeline(change: Change, pipeline: PipelineName, sources: readonly Source[], before: readonly Source[]): void {
  if (change.caller === NOBODY) return
  unbindInputs(change, pipeline, before)
  for (const { branch, isClock } of sources) bind(change, branch.repo, pipeline, [isClock ? 'repoWriter' : 'repoReader'])
  bind(change, { ...pipeline, type: 'user' }, pipeline, ['repoWriter'])
}

/** Removes a pipeline from the bindings of its output repo and of its inputs. */
export function unbindPipeline(change: Change, pipeline: PipelineName, sources: readonly Source[]): void {
  unbindInputs(change, pipeline, sources)
  bind(change, { ...pipeline, type: 'user' }, pipeline, [])
}

function unbindInputs(change: Change, pipeline: PipelineName, sources: readonly Source[]): void {
  for (const { branch } of sources) bind(change, branch.repo, pipeline, [])
}

/** A repo that is gone, or was made before auth was on, has no binding. */
function bind({ rows }: Change, repo: Source['branch']['repo'], pipeline: PipelineName, roles: readonly string[]): void {
  if (getBinding(rows, repoResource(repo))) bindRoles(rows, repoResource(repo), subjectOf(pipeline), roles)
}
