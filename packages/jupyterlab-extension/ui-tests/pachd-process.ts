/// <reference types="node" />
/** A real pachd in a process of its own, which can be away for a while. */
import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'

import { end, eventually } from './child-process.js'

const program = join(import.meta.dirname, '../../pachd-embedded/bin/pachd-embedded.js')

/** It keeps its address and its data over a stop and a start. */
export interface PachdProcess {
  /** With scheme and port: `grpc://127.0.0.1:30650`. */
  readonly address: string
  start(): Promise<void>
  stop(): Promise<void>
}

/** Starts it; a `rootToken` turns auth on. */
export async function startPachd(dataDir: string, rootToken?: string): Promise<PachdProcess> {
  const first = await launch(dataDir, '0', rootToken)
  const port = first.address.split(':').at(-1) ?? ''
  let child = first.child
  return {
    address: first.address,
    start: async () => {
      child = (await launch(dataDir, port, rootToken)).child
    },
    stop: () => end(child),
  }
}

async function launch(dataDir: string, port: string, rootToken: string | undefined): Promise<{ child: ChildProcess; address: string }> {
  const auth = rootToken === undefined ? [] : ['--root-token', rootToken]
  const child = spawn(process.execPath, [program, '--data-dir', dataDir, '--port', port, ...auth], { stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const address = await eventually(() => {
    if (child.exitCode !== null) throw new Error(`pachd-embedded ended: ${printed}`)
    return Promise.resolve(/listening on (grpc:\/\/\S+)/.exec(printed)?.[1])
  })
  return { child, address }
}
