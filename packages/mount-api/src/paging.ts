/** Long lists in pages: how much is asked for, and where the next page begins. */
import { type Static, Type } from 'typebox'

/** The largest page. */
export const MAX_PAGE = 10_000

/** Entries of one page. */
export const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PAGE, description: `Entries of one page, up to ${MAX_PAGE}.` }))

/** Where a page begins: `next` of the page before. */
export const After = Type.Optional(Type.String({ description: 'The page after this one: "next" of the page before.' }))

/** Where the page after this one begins. */
export const Next = Type.Union([Type.String(), Type.Null()], { description: 'Give it as "after" to get the next page; null on the last one.' })

/** The part of a query that says which page. */
export type PageQuery = Static<typeof PageQuery>
export const PageQuery = Type.Object({ limit: Limit, after: After })
