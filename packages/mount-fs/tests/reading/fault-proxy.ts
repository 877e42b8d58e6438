/** A TCP proxy in front of a pachd that cuts, delays, throttles, stalls and changes what goes through it. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What a test does to the connections. */
export interface FaultProxy {
  /** host:port to connect to. */
  readonly address: string
  /** Each piece waits this long in milliseconds. */
  delayMs: number
  /** All connections together pass so much in each direction; 0 for as much as comes. */
  bytesPerSecond: number
  /** What pachd sends of these bytes arrives with a changed byte, each time; or so many times. Nothing is changed by default. */
  changing: { readonly bytes: Buffer; times: number } | undefined
  /** How many connections were cut. */
  readonly cuts: number
  /** Ends all connections at once, as a broken network does. */
  cut(): void
  /** Lets nothing through until it is resumed; what comes meanwhile waits. */
  stall(): void
  resume(): void
  /** Lets nothing through on the present connections any more, and tells neither side; new ones work. */
  forget(): void
  /** Refuses new connections until it accepts again. */
  refuse(): void
  accept(): void
  stop(): void
}

/** Starts a proxy to a pachd on this machine. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(target.replace(/^\w+:/, 'http:'))
  const sockets = new Set<Socket>()
  let isStalled = false
  let isRefusing = false
  let cuts = 0
  /** Until when, in milliseconds, the line is busy with what it has taken: from pachd, and to it. */
  const busyUntilMs = { from: 0, to: 0 }
  const waitMs = (piece: Buffer, direction: 'from' | 'to') => {
    if (proxy.bytesPerSecond === 0) return proxy.delayMs
    const nowMs = performance.now()
    busyUntilMs[direction] = Math.max(nowMs, busyUntilMs[direction]) + (piece.byteLength / proxy.bytesPerSecond) * 1000
    return proxy.delayMs + busyUntilMs[direction] - nowMs
  }
  const change = (piece: Buffer) => {
    const { changing } = proxy
    for (let at = changing ? piece.indexOf(changing.bytes) : -1; at >= 0 && changing && changing.times > 0; at = piece.indexOf(changing.bytes, at)) {
      piece.writeUInt8(piece.readUInt8(at) ^ 1, at)
      changing.times--
    }
  }
  const server = createServer({ allowHalfOpen: false }, incoming => {
    if (isRefusing) {
      incoming.destroy()
      return
    }
    const outgoing = connect(Number(port), hostname)
    for (const [from, to] of [[incoming, outgoing], [outgoing, incoming]] as const) {
      sockets.add(from)
      from.setNoDelay(true)
      if (isStalled) from.pause()
      from.on('data', piece => {
        if (from === outgoing) change(piece)
        const passedInMs = waitMs(piece, from === outgoing ? 'from' : 'to')
        if (passedInMs === 0) {
          if (!to.write(piece)) from.pause()
          return
        }
        from.pause()
        setTimeout(() => {
          if (!to.destroyed) to.write(piece)
          if (!isStalled) from.resume()
        }, passedInMs)
      })
      to.on('drain', () => {
        if (!isStalled) from.resume()
      })
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: FaultProxy = {
    address: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    delayMs: 0,
    bytesPerSecond: 0,
    changing: undefined,
    get cuts() {
      return cuts
    },
    cut: () => {
      cuts += sockets.size / 2
      for (const socket of sockets) socket.resetAndDestroy()
    },
    stall: () => {
      isStalled = true
      for (const socket of sockets) socket.pause()
    },
    resume: () => {
      isStalled = false
      for (const socket of sockets) socket.resume()
    },
    forget: () => {
      for (const socket of sockets) socket.removeAllListeners('data').removeAllListeners('drain').pause()
      sockets.clear()
    },
    refuse: () => (isRefusing = true),
    accept: () => (isRefusing = false),
    stop: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
  return proxy
}
