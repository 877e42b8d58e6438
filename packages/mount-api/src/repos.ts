/** Projects, and repos with their branches. */
import { Type, type Static } from 'typebox'

import { Limit } from './paging.js'

/** What the user may do with a repo; `off` when the cluster has no authorization. */
export type Authorization = Static<typeof Authorization>
export const Authorization = Type.Union([Type.Literal('off'), Type.Literal('none'), Type.Literal('read'), Type.Literal('write')])

/** One repo. `branches` is null when there are none or when they may not be read. */
export type RepoEntry = Static<typeof RepoEntry>
export const RepoEntry = Type.Object({
  project: Type.String(),
  repo: Type.String(),
  branches: Type.Union([Type.Array(Type.String()), Type.Null()]),
  authorization: Authorization,
})

/** Query of `GET /repos`; without it, all repos are listed. */
export type RepoQuery = Static<typeof RepoQuery>
export const RepoQuery = Type.Object({
  search: Type.Optional(Type.String({ description: 'Only repos whose project, name or branches contain this, in any case.' })),
  project: Type.Optional(Type.String({ description: 'Only repos of this project.' })),
  limit: Limit,
  after: Type.Optional(Type.String({ description: 'Only repos behind this one, as PROJECT/REPO: the last one of the page before.' })),
})

/** Answer of `GET /repos`. */
export type RepoList = Static<typeof RepoList>
export const RepoList = Type.Array(RepoEntry)

/** Body of `PUT /repos/:project/:repo/_create`. */
export type NewRepo = Static<typeof NewRepo>
export const NewRepo = Type.Object({ description: Type.Optional(Type.String({ description: 'What is kept there, for people. Default: nothing.' })) })

/** One project, as pachd describes it; keys without a value are left out. */
export type ProjectEntry = Static<typeof ProjectEntry>
export const ProjectEntry = Type.Object({
  project: Type.Object({ name: Type.String() }),
  description: Type.Optional(Type.String()),
  auth_info: Type.Optional(
    Type.Object({ permissions: Type.Optional(Type.Array(Type.Integer())), roles: Type.Optional(Type.Array(Type.String())) }),
  ),
  created_at: Type.Optional(Type.Object({ seconds: Type.Optional(Type.Integer()), nanos: Type.Optional(Type.Integer()) })),
})

/** Answer of `GET /projects`. */
export type ProjectList = Static<typeof ProjectList>
export const ProjectList = Type.Array(ProjectEntry)
