/** Datums: the pieces into which an input specification cuts its repos, shown one at a time. */
import { Type, type Static } from 'typebox'

/** Answer of the requests that show a datum. */
export type ShownDatum = Static<typeof ShownDatum>
export const ShownDatum = Type.Object({
  id: Type.String({ description: 'Id of the shown datum.' }),
  idx: Type.Integer({ description: 'Position of the shown datum, from 0.' }),
  num_datums: Type.Integer(),
  all_datums_received: Type.Boolean(),
})

/** Answer of `GET /datums`. `input` is the specification with its defaults filled in; null when no datum is shown. */
export type DatumState = Static<typeof DatumState>
export const DatumState = Type.Object({
  num_datums: Type.Integer(),
  input: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]),
  idx: Type.Integer(),
  curr_idx: Type.Integer({ description: "`idx` by the name that 2.6 gives it." }),
  all_datums_received: Type.Boolean(),
})

/** Query of `PUT /_show_datum`: `id` counts before `idx`. */
export type ShowDatumQuery = Static<typeof ShowDatumQuery>
export const ShowDatumQuery = Type.Object({ idx: Type.Optional(Type.String()), id: Type.Optional(Type.String()) })

/** Body of `PUT /datums/_move`. */
export type MoveDatumRequest = Static<typeof MoveDatumRequest>
export const MoveDatumRequest = Type.Object({
  by: Type.Integer({ minimum: -1e9, maximum: 1e9, description: 'How many datums further on; negative: back.' }),
  wrap: Type.Optional(Type.Boolean({ description: 'Whether the first follows the last. Default: no.' })),
})
