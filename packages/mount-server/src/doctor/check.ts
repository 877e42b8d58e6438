/** One thing that has to be so, and whether it is. */

/** What a check found; `fix` is a command that mends it. */
export interface CheckResult {
  readonly check: string
  /** `warning`: works, but not for all or not well. */
  readonly state: 'ok' | 'warning' | 'failed'
  readonly message: string
  readonly fix?: string
}

/** Looks and changes nothing. It never rejects. */
export type Check = () => Promise<CheckResult>

/** How others see who runs this. */
export interface Person {
  readonly uid: number
  readonly name: string
}

/** A word as a shell takes it. */
export function quoted(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
