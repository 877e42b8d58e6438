/** What the server had to say. */
import { type Static, Type } from 'typebox'

/** One message of the log. */
export type LogLine = Static<typeof LogLine>
export const LogLine = Type.Object({
  number: Type.Integer({ description: 'Counts the messages since the start.' }),
  time: Type.String({ format: 'date-time' }),
  level: Type.String({ description: 'debug, info, warn, error or fatal.' }),
  message: Type.String(),
  request: Type.Optional(Type.String({ description: 'Id of the request that it is about.' })),
})

/** Query of `GET /logs`. */
export type LogQuery = Static<typeof LogQuery>
export const LogQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'The last ones, at most this many.' })),
  after: Type.Optional(Type.Integer({ description: 'Only those after this number.' })),
})

/** Answer of `GET /logs`: the oldest first. */
export type LogPage = Static<typeof LogPage>
export const LogPage = Type.Object({ lines: Type.Array(LogLine), last: Type.Integer({ description: 'Number of the latest message.' }) })
