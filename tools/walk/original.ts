/** What the panel of the original asks of its users, read off its sources, counted as in `ui-tests/walk.ts`. */

/** One journey in both of its generations: 2.8 with a mount, 2.12 without. */
export interface OriginalJourney {
  readonly inSight: string
  readonly with28: string
  readonly with212: string
}

/** By journey, in the order of the page. */
export const original = {
  configured: { inSight: 'first connection, with a config file', with28: '0', with212: '0' },
  connect: { inSight: 'first connection, without one', with28: '2', with212: '2' },
  mount: {
    inSight: 'mount `master` of a repo',
    with28: '1 where the repo is in sight; there is no search',
    with212: '2, and two more into its folder; notebooks do not see it',
  },
  read: {
    inSight: 'a table of the mount in a cell',
    with28: '4, and the code is typed: the mount, the menu of the file, Copy Path, the cell',
    with212: '3, and the code is typed: the menu of the file, Download, the cell; it reads a copy',
  },
  past: { inSight: 'data of an older commit', with28: 'not in the panel', with212: '1, and the id of the commit, from `pachctl`, is typed; notebooks do not see it' },
  write: { inSight: 'a result written back', with28: 'not in the panel', with212: 'not in the panel' },
  datums: { inSight: 'the second datum of an input', with28: '3', with212: '4: Test, Load Datums, next, and Download Datum before code sees it' },
  publish: {
    inSight: 'the notebook published',
    with28: '4, and the input is typed: Publish, the name, the input, Run',
    with212: '4, and the input is typed',
  },
} satisfies Record<string, OriginalJourney>

/** A journey that both have, or only we. */
export type JourneyName = keyof typeof original
