/** The command line of the rig. */
import { parseArgs } from 'node:util'

import type { Room } from './room.js'

/** What was asked for. */
export interface RigOptions {
  readonly rooms: readonly Room[]
  readonly seed: number
  /** Undefined: as many as each room has in its short or long form. */
  readonly rounds: number | undefined
  readonly isNight: boolean
}

/** Reads the arguments and ATTACK_ROUNDS; a text to print instead of running. Throws an Error that says what is wrong. */
export function readOptions(args: readonly string[], env: Readonly<Record<string, string | undefined>>, all: readonly Room[]): RigOptions | { readonly help: string } {
  const { values } = parseArgs({
    args: [...args],
    options: { only: { type: 'string', multiple: true }, seed: { type: 'string' }, rounds: { type: 'string' }, night: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) return { help: helpOf(all) }
  const names = values.only ?? all.map(({ name }) => name)
  const rooms = all.filter(({ name }) => names.includes(name))
  const unknown = names.find(name => !rooms.some(room => room.name === name))
  if (unknown !== undefined) throw new Error(`there is no room "${unknown}"; choose from ${all.map(({ name }) => name).join(', ')}`)
  const rounds = values.rounds ?? env['ATTACK_ROUNDS']
  return {
    rooms,
    seed: values.seed === undefined ? Date.now() % 2 ** 31 : whole('--seed', values.seed, 0),
    rounds: rounds === undefined ? undefined : whole(values.rounds === undefined ? 'ATTACK_ROUNDS' : '--rounds', rounds, 1),
    isNight: values.night ?? false,
  }
}

function whole(name: string, text: string, least: number): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) < least) throw new Error(`${name} must be a whole number, ${String(least)} or more, not "${text}"`)
  return Number(text)
}

function helpOf(rooms: readonly Room[]): string {
  return `Attacks mount-server and the embedded pachd, and counts what is lost. Needs root, FUSE and Linux.

  npx tsx -C @jupyterlab-pachyderm/source tools/attack/run.ts [options]

  --only NAME   attack in this room only; can be given more than once
  --seed N      seed of the first round; the next round has the next number (default: the time)
  --rounds N    rounds in each room, as ATTACK_ROUNDS in the environment
  --night       the long form of each room
  --help        this text

Each failure is printed with the command that repeats its round.
Ends with 0 when nothing was found, with 1 when something was, with 2 when the command is wrong.

Rooms, with rounds in the short and in the long form:
${rooms.map(({ name, promise, rounds }) => `  ${name.padEnd(12)} ${`${String(rounds.short)} / ${String(rounds.night)}`.padEnd(12)} ${promise}`).join('\n')}
`
}
