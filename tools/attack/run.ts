/** The attack rig: `npx tsx -C @jupyterlab-pachyderm/source tools/attack/run.ts --help`; docs/RELIABILITY.md says what it promises. */
import { attack } from './rig.js'
import { readOptions, type RigOptions } from './options.js'
import { rooms } from './rooms.js'
import { summary } from './summary.js'

/** The exit code. */
async function main(): Promise<number> {
  let options: RigOptions
  try {
    const read = readOptions(process.argv.slice(2), process.env, rooms)
    if ('help' in read) {
      console.log(read.help)
      return 0
    }
    options = read
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return 2
  }
  if (process.getuid?.() !== 0) {
    console.error('The rig mounts, fills disks and acts as several users: run it as root.')
    return 2
  }
  const begun = performance.now()
  const results = await attack(options, console.log)
  console.log(`\n${summary(results)}\n\nseed ${String(options.seed)}, ${((performance.now() - begun) / 1000).toFixed(0)} s`)
  return results.every(({ tally }) => tally.failures.length === 0) ? 0 : 1
}

process.exitCode = await main()
