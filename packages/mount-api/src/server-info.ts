/** What runs, and whether it is ready for work. */
import { Type, type Static } from 'typebox'

/** Answer of `GET /version`. */
export type VersionInfo = Static<typeof VersionInfo>
export const VersionInfo = Type.Object({
  version: Type.String({ description: 'Of mount-server.' }),
  api_compat: Type.String({ description: 'The version of the original whose answers the old routes give.' }),
  pachd: Type.Union([Type.Object({ version: Type.String(), pachd_address: Type.String() }), Type.Null()], {
    description: 'The connected pachd; null without one, and while it does not answer.',
  }),
})

/** One thing that stands in the way. */
export type ReadinessReason = Static<typeof ReadinessReason>
export const ReadinessReason = Type.Object({
  what: Type.Enum(['starting', 'mount', 'connection', 'login'], { description: 'The part that is not ready.' }),
  message: Type.String(),
  hint: Type.Optional(Type.String({ description: 'What to do about it, where that is known.' })),
})

/** Answer of `GET /ready`: with status 200 when ready, else with 503. */
export type Readiness = Static<typeof Readiness>
export const Readiness = Type.Object({ ready: Type.Boolean(), reasons: Type.Array(ReadinessReason) })
