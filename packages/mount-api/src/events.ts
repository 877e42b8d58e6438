/** What the server tells by itself: the state of the connection, the mounts, the datums and the transfers. */
import { type Static, Type } from 'typebox'

import { DatumState } from './datums.js'
import { MountDetails } from './mounts.js'
import { TransferList } from './transfers.js'

/** Whether there is a pachd, and as whom. */
export type ConnectionState = Static<typeof ConnectionState>
export const ConnectionState = Type.Object({
  state: Type.Enum(['starting', 'none', 'connected', 'logged-out', 'unreachable'], {
    description: '"none": no cluster is configured. "logged-out": pachd wants a login, the first one or a new one. "unreachable": pachd does not answer.',
  }),
  pachd_address: Type.Union([Type.String(), Type.Null()]),
  user: Type.Union([Type.String(), Type.Null()], { description: 'As pachd names who is logged in; null without authorization.' }),
  message: Type.Optional(Type.String({ description: 'What is wrong, in one sentence.' })),
})

/** Everything at one moment; the first event of a stream. */
export type Snapshot = Static<typeof Snapshot>
export const Snapshot = Type.Object({ connection: ConnectionState, mounts: MountDetails, datums: DatumState, transfers: TransferList })

/** What is in each event, by its name. Each holds the whole of its part, so that a missed one does no harm. */
export const eventData = { snapshot: Snapshot, connection: ConnectionState, mounts: MountDetails, datums: DatumState, transfers: TransferList } as const

/** One event as it is sent, and what a stream is made of. */
export const EventMessage = Type.Object({
  event: Type.Enum(['snapshot', 'connection', 'mounts', 'datums', 'transfers']),
  data: Type.String({ contentMediaType: 'application/json', description: 'The whole of the part, by the schema of that name with "Event" behind it.' }),
})

/** One event of `GET /events`. */
export type ServerEvent = { [Name in keyof typeof eventData]: { readonly type: Name; readonly data: Static<(typeof eventData)[Name]> } }[keyof typeof eventData]

/** Whether `name` is the name of an event. */
export function isEventName(name: string | undefined): name is keyof typeof eventData {
  return name !== undefined && Object.hasOwn(eventData, name)
}
