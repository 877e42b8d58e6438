/** The contexts of the config file that is shared with pachctl: the clusters that are known. */
import { Type, type Static } from 'typebox'

const orNull = <T extends ReturnType<typeof Type.String>>(type: T) => Type.Union([type, Type.Null()])

/** One context. Its secrets stay in the file. */
export type ContextEntry = Static<typeof ContextEntry>
export const ContextEntry = Type.Object({
  name: Type.String(),
  pachd_address: orNull(Type.String({ description: 'As it is written in the file.' })),
  has_token: Type.Boolean({ description: 'Whether somebody logged in with it.' }),
  project: orNull(Type.String()),
})

/** Answer of `GET /contexts`, with and without a cluster. */
export type ContextList = Static<typeof ContextList>
export const ContextList = Type.Object({
  file: Type.String({ description: 'Path of the config file, whether it is there or not.' }),
  active: orNull(Type.String({ description: 'The context that the environment or the file chooses.' })),
  connected: orNull(Type.String({ description: 'The context of the cluster in use.' })),
  contexts: Type.Array(ContextEntry),
  problem: Type.Optional(Type.String({ description: 'Why the file is not what is used, in one sentence.' })),
})

/** Body of `PUT /contexts/_activate`. */
export type ActivateContextRequest = Static<typeof ActivateContextRequest>
export const ActivateContextRequest = Type.Object({ context: Type.String({ minLength: 1 }) })
