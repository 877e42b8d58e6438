/** Whether the mount-server itself lives. */
import { Type, type Static } from 'typebox'

/** Answer of `GET /health`; it comes with and without a cluster. */
export type Health = Static<typeof Health>
export const Health = Type.Object({ status: Type.Literal('running') })
