/** The versions of the original whose clients can be served; they differ in the shapes of some answers. */

/** The newest first. */
export const apiCompatVersions = ['2.9', '2.8', '2.6', '2.3'] as const

/** One of them. */
export type ApiCompat = (typeof apiCompatVersions)[number]

/** The version that the routes of this package describe. */
export const DEFAULT_API_COMPAT = '2.8' satisfies ApiCompat
