/** What a user asks of a running server, or of this machine: one row for each sub-command. */
import { Argument, type Command, InvalidArgumentError, Option } from 'commander'

/** A sub-command with what was given to it. */
export type ClientCommand = { readonly json: boolean } & (
  | { readonly name: 'status' }
  | { readonly name: 'repos'; readonly search: string | undefined }
  | { readonly name: 'mount'; readonly source: MountSourceText; readonly mountName: string | undefined; readonly write: boolean; readonly follow: boolean }
  | { readonly name: 'unmount'; readonly mounts: readonly string[]; readonly all: boolean }
  | { readonly name: 'commit'; readonly mount: string; readonly message: string | undefined }
  | { readonly name: 'changes'; readonly mounts: readonly string[]; readonly nul: boolean }
  | { readonly name: 'logs'; readonly lines: number; readonly follow: boolean }
  | { readonly name: 'doctor' }
)

/** What `[PROJECT/]REPO[@BRANCH][:PATH]` says. */
export interface MountSourceText {
  readonly project: string | undefined
  readonly repo: string
  readonly branch: string | undefined
  readonly commit: string | undefined
  readonly path: string | undefined
}

/** The exit codes of all commands; the help names them. */
export const exitCodes = { done: 0, usage: 1, refused: 2, unreachable: 3, unhealthy: 4 } as const

/** The part of the help that says what the exit codes mean. */
export const exitCodeHelp = `
Exit codes: ${exitCodes.done} done; ${exitCodes.usage} wrong use, or the server could not start; ${exitCodes.refused} the server refused;
${exitCodes.unreachable} no server answers; ${exitCodes.unhealthy} doctor found something that does not work.`

const COMMIT_ID = /^[0-9a-f]{32}$/

/** Adds the sub-commands to `program`; `choose` is called with the one that was given. */
export function declareCommands(program: Command, choose: (command: ClientCommand) => void): void {
  const json = () => new Option('--json', 'print JSON for programs')
  program.commandsGroup('Commands for a running server, which is found by --sock-path, or by --host and --port:')
  program.command('status').description('what is connected and mounted').addOption(json()).action((given: { json?: true }) => choose({ name: 'status', json: given.json ?? false }))
  program
    .command('repos')
    .description('the repos that can be mounted, with their branches')
    .addArgument(new Argument('[search]', 'only those whose project, repo or branch contains this'))
    .addOption(json())
    .action((search: string | undefined, given: { json?: true }) => choose({ name: 'repos', search, json: given.json ?? false }))
  program
    .command('mount')
    .description('show a branch or commit as a directory')
    .addArgument(new Argument('<source>', '[PROJECT/]REPO[@BRANCH or commit id][:PATH]').argParser(mountSource))
    .addOption(new Option('--rw', 'to write: what is written can be committed'))
    .addOption(new Option('--follow', 'show each new head of the branch by itself').conflicts('rw'))
    .addOption(new Option('--name <name>', 'name of the directory (default: the name of the repo)'))
    .addOption(json())
    .action((source: MountSourceText, given: { json?: true; rw?: true; follow?: true; name?: string }) => choose({ name: 'mount', source, mountName: given.name, write: given.rw ?? false, follow: given.follow ?? false, json: given.json ?? false }))
  program
    .command('unmount')
    .description('commit what was written to mounts, and take them away')
    .argument('[name...]', 'names of mounts')
    .addOption(new Option('--all', 'all mounts'))
    .addOption(json())
    .action((mounts: string[], given: { json?: true; all?: true }, command: Command) => {
      if ((mounts.length > 0) === (given.all ?? false)) command.error('error: give the names of mounts, or --all')
      choose({ name: 'unmount', mounts, all: given.all ?? false, json: given.json ?? false })
    })
  program
    .command('commit')
    .description('commit what was written to a mount')
    .argument('<name>', 'name of a mount')
    .addOption(new Option('-m, --message <text>', 'the description of the commit'))
    .addOption(json())
    .action((mount: string, given: { json?: true; message?: string }) => choose({ name: 'commit', mount, message: given.message, json: given.json ?? false }))
  program
    .command('changes')
    .description('what is written and not committed')
    .argument('[name...]', 'names of mounts (default: all that can be written)')
    .addOption(json())
    .addOption(new Option('-z, --null', 'print exact names, each ended by a NUL byte').conflicts('json'))
    .action((mounts: string[], given: { json?: true; null?: true }) => choose({ name: 'changes', mounts, json: given.json ?? false, nul: given.null ?? false }))
  program
    .command('logs')
    .description('the last messages of the server')
    .addOption(new Option('-n, --lines <number>', 'how many').default(100).argParser(count))
    .addOption(new Option('-f, --follow', 'go on with new ones'))
    .addOption(json())
    .action((given: { json?: true; lines: number; follow?: true }) => choose({ name: 'logs', lines: given.lines, follow: given.follow ?? false, json: given.json ?? false }))
  program.commandsGroup('Other commands:')
  program
    .command('doctor')
    .description('check this machine and the options for all that mounting needs, and say what mends it')
    .addOption(json())
    .action((given: { json?: true }) => choose({ name: 'doctor', json: given.json ?? false }))
}

function mountSource(text: string): MountSourceText {
  const [, project, repo, version, path] = /^(?:([^/@:]+)\/)?([^/@:]+)(?:@([^:]+))?(?::(.+))?$/.exec(text) ?? []
  if (repo === undefined) throw new InvalidArgumentError('It should look like images, images@dev or project/images@master:/train.')
  const isCommit = version !== undefined && COMMIT_ID.test(version)
  return { project, repo, branch: isCommit ? undefined : version, commit: isCommit ? version : undefined, path }
}

function count(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It should be a number from 1.')
  return Number(text)
}
