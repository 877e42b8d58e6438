/** Pipelines: how they are, and publishing code as one that runs it. */
import { Type, type Static } from 'typebox'

/**
 * Body of `PUT /pps/_create`. The last input of the pipeline's cross reads the context repo; whatever branch it names
 * is replaced by the one that the files are committed to.
 */
export type PipelineRequest = Static<typeof PipelineRequest>
export const PipelineRequest = Type.Object({
  pipeline: Type.Record(Type.String(), Type.Unknown(), { description: 'A pipeline specification, in the spelling of pachctl.' }),
  context: Type.Object({
    project: Type.String({ description: "The pipeline's project." }),
    repo: Type.String({ description: 'The repo of the code: the name of the pipeline and "__context". All that it holds is replaced.' }),
    files: Type.Record(Type.String(), Type.String(), { description: 'Content in base64, by path from "/".' }),
  }),
})

/** Answer of `PUT /pps/_create`: what pachd says of the pipeline, and where its code is. */
export type PublishedPipeline = Static<typeof PublishedPipeline>
export const PublishedPipeline = Type.Object({
  project: Type.String(),
  pipeline: Type.String(),
  version: Type.Integer({ description: 'Counts the updates, from 1; 0 when pachd did not say.' }),
  state: Type.String({ description: 'By its name in pachd, such as PIPELINE_RUNNING.' }),
  reason: Type.String({ description: 'Why it is in that state; empty when there is nothing to say.' }),
  console_url: Type.Optional(Type.String({ description: 'Where Console shows it, if the cluster has one.' })),
  context: Type.Object({ repo: Type.String(), branch: Type.String(), commit: Type.String() }),
})

/** Names a pipeline in a path. */
export type PipelineParams = Static<typeof PipelineParams>
export const PipelineParams = Type.Object({ project: Type.String(), pipeline: Type.String() })

/** Answer of `GET /pps/pipelines/:project/:pipeline`. */
export type PipelineStatus = Static<typeof PipelineStatus>
export const PipelineStatus = Type.Object({
  project: Type.String(),
  pipeline: Type.String(),
  version: Type.Integer({ description: 'Counts the updates, from 1.' }),
  state: Type.String({ description: 'By its name in pachd, such as PIPELINE_RUNNING.' }),
  reason: Type.String({ description: 'Why it is in that state; empty when there is nothing to say.' }),
  spec: Type.Record(Type.String(), Type.Unknown(), { description: 'The specification that it was made from, as its user sent it where pachd still knows that. Keys are in snake_case or camelCase.' }),
  console_url: Type.Optional(Type.String({ description: 'Where Console shows it, if the cluster has one.' })),
})
