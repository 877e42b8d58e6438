/// <reference types="node" />
/** A line to pachd that carries only so much in a second, so that what takes long can be looked at meanwhile. */
import { createServer, connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

const PIECE_BYTES = 64 * 1024

/** Answers come at full speed. The owner stops it; stopping twice is fine. */
export interface SlowLine {
  /** Where mount-server finds `pachd`, whose address is `grpc://host:port`. */
  leadTo(pachd: string): string
  /** Undefined: as fast as the machine. */
  bytesPerSecond: number | undefined
  stop(): void
}

/** It listens on loopback, and is fast at first. */
export async function startSlowLine(): Promise<SlowLine> {
  let target: URL | undefined
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => sockets.add(socket.once('close', () => sockets.delete(socket)).on('error', () => socket.destroy()))
  const server = createServer(from => {
    const to = connect({ host: target?.hostname, port: Number(target?.port) })
    keep(from)
    keep(to)
    to.pipe(from)
    void carry(from, to, () => line.bytesPerSecond)
  })
  const port = await new Promise<number>(resolve => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  const line: SlowLine = {
    bytesPerSecond: undefined,
    leadTo(pachd) {
      target = new URL(pachd)
      return `grpc://127.0.0.1:${port}`
    },
    stop() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
  return line
}

async function carry(from: Socket, to: Socket, bytesPerSecond: () => number | undefined): Promise<void> {
  try {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      for (let offset = 0; offset < chunk.length; offset += PIECE_BYTES) {
        const piece = chunk.subarray(offset, offset + PIECE_BYTES)
        const rate = bytesPerSecond()
        if (rate !== undefined) await delay((piece.length / rate) * 1000)
        if (!to.write(piece)) await new Promise(resolve => to.once('drain', resolve).once('close', resolve))
      }
    }
    to.end()
  } catch {
    // A program that was killed resets its connections; pachd hears of it in the same way.
    to.destroy()
  }
}
