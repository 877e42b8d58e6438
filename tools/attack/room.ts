/** What a room of the rig is: one kind of attack, in rounds that each have a seed. */
import type { Programs } from '../../packages/mount-server/tests/kills/killable-stack.js'
import type { Dice } from './dice.js'
import type { Tally } from './tally.js'

/** A kind of attack. */
export interface Room {
  readonly name: string
  /** What must hold, as a sentence. */
  readonly promise: string
  readonly rounds: { readonly short: number; readonly night: number }
  /** Counters without which the room has attacked nothing: it fails when one of them is 0 in the end. */
  readonly proofs: readonly string[]
  /** It waits more than it works, so it runs beside the others. */
  readonly isMostlyWaiting?: boolean
  /** Makes what all its rounds share. */
  open(setting: Setting): Promise<OpenRoom>
}

/** What every room is given. */
export interface Setting {
  readonly programs: Programs
  readonly tally: Tally
  /** The long form: faults last as long as they may, and more is tried in a round. */
  readonly isNight: boolean
  /** Resources that end with the room, in the reverse order. */
  readonly cleanUp: (step: () => unknown) => void
}

/** A room whose parts run. */
export interface OpenRoom {
  /** One attack. It depends on the seed alone, so that one round can be repeated; what it throws counts as a failure. */
  round(round: Round): Promise<void>
}

/** One attack. */
export interface Round {
  readonly seed: number
  readonly dice: Dice
}
