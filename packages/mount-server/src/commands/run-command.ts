/** Does what a sub-command asks. */
import type { ServerOptions } from '../cli.js'
import { runDoctor } from '../doctor/doctor.js'
import { changes } from './changes.js'
import { type ClientCommand, exitCodes } from './client-command.js'
import { logs } from './logs.js'
import { commit, mount, unmount } from './mounts.js'
import { connectToServer, ServerAway, ServerRefusal } from './server-connection.js'
import { repos, status } from './status.js'
import type { Terminal } from './terminal.js'

/** Resolves to the exit code; what went wrong is told on standard error. */
export async function runCommand(command: ClientCommand, options: ServerOptions, env: Readonly<Record<string, string | undefined>>, terminal: Terminal): Promise<number> {
  if (command.name === 'doctor') return (await runDoctor(options, env, terminal, { json: command.json })) ? exitCodes.done : exitCodes.unhealthy
  try {
    const server = await connectToServer(options)
    switch (command.name) {
      case 'status':
        await status(server, terminal, command)
        break
      case 'repos':
        await repos(server, terminal, command)
        break
      case 'mount':
        await mount(server, terminal, command)
        break
      case 'unmount':
        await unmount(server, terminal, command)
        break
      case 'commit':
        await commit(server, terminal, command)
        break
      case 'changes':
        await changes(server, terminal, command)
        break
      case 'logs':
        await logs(server, terminal, command)
        break
    }
    return exitCodes.done
  } catch (error) {
    if (error instanceof ServerAway) {
      terminal.tell(error.message)
      return exitCodes.unreachable
    }
    if (!(error instanceof ServerRefusal) && !isLocal(error)) throw error
    terminal.tell(error.message)
    return error instanceof ServerRefusal ? exitCodes.refused : exitCodes.usage
  }
}

/** A file that the options name and that cannot be read. */
function isLocal(error: unknown): error is Error {
  return error instanceof Error && 'code' in error
}
