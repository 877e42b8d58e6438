/** mount-server stops in the middle, with and without fusectl; programs that wait for its mount are freed. */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { KillableStack } from '../../../packages/mount-server/tests/kills/killable-stack.js'
import type { Dice } from '../dice.js'
import { bounded } from '../machine/bounded-command.js'
import type { Room, Setting } from '../room.js'

const FREED_SECONDS = 60
const BACK_SECONDS = 60
const CONTROL = '/sys/fs/fuse/connections'

export const hangs: Room = {
  name: 'hangs',
  promise: 'When mount-server stops answering, programs that wait for the mount are freed in 60 s, with and without fusectl.',
  rounds: { short: 1, night: 10 },
  proofs: ['programs that waited'],
  isMostlyWaiting: true,
  open(setting) {
    return Promise.resolve({
      async round({ seed, dice }) {
        await Promise.all([true, false].map(hasControl => hang(setting, dice, `hang${String(seed)}`, hasControl)))
      },
    })
  },
}

async function hang({ programs, tally }: Setting, dice: Dice, repo: string, hasControl: boolean): Promise<void> {
  const how = hasControl ? 'with fusectl' : 'without fusectl'
  // A mount namespace of its own, so that the machine keeps its control file system, or keeps none.
  const control = hasControl ? `mountpoint -q ${CONTROL} || mount -t fusectl fusectl ${CONTROL}` : `! mountpoint -q ${CONTROL} || umount ${CONTROL}`
  const stack = await KillableStack.make({ programs, wrapServer: command => ['unshare', '--mount', 'sh', '-c', `${control}; exec "$@"`, 'sh', ...command] })
  try {
    await stack.server.start()
    await stack.makeRepo(repo, new Map([['/f', dice.bytes(10_000)], ['/d/g', dice.bytes(10)]]))
    const directory = await stack.mount(repo, 'rw')
    const inside = (limitSeconds: number, ...command: string[]) => bounded(limitSeconds, ['nsenter', `--mount=/proc/${String(stack.server.pid)}/ns/mnt`, '--', ...command])
    await inside(10, 'sh', '-c', 'printf kept > "$0"', join(directory, 'closed'))
    await delay(dice.below(6000))
    stack.server.signal('SIGSTOP')

    const waiting = await Promise.all([
      inside(FREED_SECONDS + 10, 'ls', join(directory, 'd')),
      inside(FREED_SECONDS + 10, 'cat', join(directory, 'f')),
      inside(FREED_SECONDS + 10, 'sh', '-c', 'printf lost > "$0"', join(directory, 'new')),
      inside(FREED_SECONDS + 10, 'stat', '--file-system', directory),
    ])
    for (const { seconds } of waiting) {
      tally.took(`waited ${how}`, seconds)
      if (seconds > 1) tally.count('programs that waited')
      if (seconds > FREED_SECONDS) tally.fail('hung', `${how}: a program waited ${seconds.toFixed(0)} s`)
    }

    stack.server.signal('SIGCONT')
    await tally.timed(`the mount was back ${how} after`, BACK_SECONDS, async () => {
      const end = performance.now() + (BACK_SECONDS + 5) * 1000
      while ((await inside(10, 'cat', join(directory, 'closed'))).output !== 'kept') {
        if (performance.now() > end) {
          tally.fail('lost', `${how}: a closed file cannot be read after the server goes on`)
          return
        }
        await delay(500)
      }
    })
  } finally {
    stack.server.signal('SIGCONT')
    await stack.stop()
  }
}
