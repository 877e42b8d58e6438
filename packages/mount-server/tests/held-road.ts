/** A way to pachd on which traffic can be held up, as on a network that loses everything, or before a pachd that is frozen. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** What a test does to the road. */
export interface HeldRoad {
  readonly address: string
  /** Connections are taken and nothing passes. */
  readonly hold: () => void
  /** What is held is lost, and new connections pass. */
  readonly free: () => void
  /** Connections are refused from now on. */
  readonly close: () => void
}

/** Starts a road to a pachd; it ends with the test. */
export async function startRoad(pachdAddress: string): Promise<HeldRoad> {
  const target = new URL(pachdAddress.replace('grpc:', 'http:'))
  const ends = new Set<Socket>()
  let isHeld = false
  const road = createServer(near => {
    const far = connect(Number(target.port), target.hostname)
    for (const [end, other] of [[near, far], [far, near]] as const) {
      ends.add(end)
      end.pipe(other)
      end.on('error', () => other.destroy())
      end.once('close', () => ends.delete(end))
      if (isHeld) end.unpipe(other).pause()
    }
  }).listen(0, '127.0.0.1')
  await once(road, 'listening')
  onTestFinished(() => {
    ends.forEach(end => end.destroy())
    road.close()
  })
  return {
    address: `grpc://127.0.0.1:${String((road.address() as AddressInfo).port)}`,
    hold: () => {
      isHeld = true
      ends.forEach(end => end.unpipe().pause())
    },
    close: () => {
      road.close()
      ends.forEach(end => end.destroy())
    },
    free: () => {
      isHeld = false
      ends.forEach(end => end.destroy())
    },
  }
}
