/** The command line: arguments and environment become options, and nothing is done yet. */
import { type ApiCompat, apiCompatVersions, DEFAULT_API_COMPAT } from '@jupyterlab-pachyderm/mount-api'
import tab from '@bomb.sh/tab/commander'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'

import { isLoopback } from './access-guard.js'
import { byteSize } from './byte-size.js'
import { type ClientCommand, declareCommands, exitCodeHelp } from './commands/client-command.js'
import type { AllowedUids } from './peers/peer-check.js'
import { packageVersion } from './version.js'

/** How the server was asked to run. */
export interface ServerOptions {
  readonly mountDir: string
  readonly sockPath: string | undefined
  readonly host: string
  readonly port: number
  /** Where the token is that requests must carry; undefined when they need none. */
  readonly tokenFile: string | undefined
  /** Other users of this machine who may call over TCP without a token. */
  readonly allowUid: AllowedUids
  readonly allowOther: boolean
  /** As whom files appear: user, group and the permission bits that they do not have. */
  readonly uid: number
  readonly gid: number
  readonly umask: number
  readonly logFile: string | undefined
  readonly logLevel: LogLevel
  readonly logFormat: 'json' | 'pretty'
  readonly fuse: boolean
  readonly pachConfig: string | undefined
  readonly cacheDir: string | undefined
  /** Limit in bytes; 0 for no cache. */
  readonly cacheSize: number
  readonly stageDir: string | undefined
  readonly commitOnExit: boolean
  readonly apiCompat: ApiCompat
}

const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
type LogLevel = (typeof logLevels)[number]

type Environment = Readonly<Record<string, string | undefined>>

/** What the command line came to: a server to run, a command for a running one, or an exit with text that was asked for or that says what is wrong. */
export type CommandLine = { readonly options: ServerOptions; readonly command?: ClientCommand } | { readonly exitCode: number; readonly text: string }

/** Reads the arguments after the program's name. Arguments count before the environment. */
export function readCommandLine(args: readonly string[], env: Environment): CommandLine {
  let text = ''
  const write = (part: string) => void (text += part)
  let chosen: ClientCommand | undefined
  const command = createCommand(given => (chosen = given), { writeOut: write, writeErr: write })
  try {
    command.parse([...withEnvironment(command, env), ...args], { from: 'user' })
    // The library for completion has printed what the shell asked for.
    if (args[0] === COMPLETION) return { exitCode: 0, text }
    return { options: checked(command), ...(chosen && { command: chosen }) }
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return { exitCode: error.exitCode, text }
  }
}

const COMPLETION = 'complete'

/** The whole command line. `choose` is called with a sub-command; without one the server runs. */
function createCommand(choose: (command: ClientCommand) => void, output: { writeOut: (text: string) => void; writeErr: (text: string) => void }): Command {
  const program = declareOptions(new Command('mount-server'))
    .exitOverride()
    .configureOutput(output)
    .usage('[options] [command]')
    .action(() => undefined)
  declareCommands(program, choose)
  program.commandsGroup('Other commands:')
  tab(program)
  return program
}

/** The command line as commander describes it: its options and commands, of which none is carried out. */
export function describeCommandLine(): Command {
  const program = declareOptions(new Command('mount-server'))
  declareCommands(program, () => undefined)
  return program
}

/** The environment variable that stands for an option of the server. */
export function variableOf(option: Option): string {
  const name = option.negate ? option.long?.replace('--no-', '') : option.long?.slice(2)
  return `MOUNT_SERVER_${(name ?? '').toUpperCase().replaceAll('-', '_')}`
}

function declareOptions(program: Command): Command {
  return program
    .description('Mounts Pachyderm repos as directories, and serves the REST API that says which. Without a command it runs the server.')
    .version(packageVersion())
    .showHelpAfterError('(mount-server --help lists options and commands)')
    .allowExcessArguments(false)
    .optionsGroup('The mount:')
    .addOption(new Option('--mount-dir <directory>', 'existing directory to mount on').default('/pfs'))
    .addOption(new Option('--allow-other [boolean]', 'let other users do what the modes of files permit').default(true).preset(true).argParser(truth))
    .addOption(new Option('--uid <number>', 'user to whom files belong').default(process.geteuid?.() ?? 0, 'the user of the server').argParser(userNumber))
    .addOption(new Option('--gid <number>', 'group to which files belong').default(process.getegid?.() ?? 0, 'the group of the server').argParser(userNumber))
    .addOption(new Option('--umask <octal>', 'permissions that files and directories do not have: 077 is for their user alone, 002 lets their group write').default(0o022, '022').argParser(modeMask))
    .addOption(new Option('--no-fuse', 'serve the REST API without a mount'))
    .optionsGroup('Where it listens:')
    .addOption(new Option('--sock-path <path>', 'serve on this UNIX socket, and not on TCP'))
    .addOption(new Option('--host <address>', 'TCP address to serve on; others than loopback need --token-file').default('127.0.0.1'))
    .addOption(new Option('--port <number>', 'TCP port to serve on; 0 for any free one').default(9002).argParser(portNumber))
    .addOption(new Option('--token-file <path>', 'require the header "Authorization: Bearer TOKEN" with the token in this file, which is made when it is missing'))
    .addOption(new Option('--allow-uid <ids>', 'other users of this machine who may call over TCP without a token: user ids separated by commas, or "any"').default([], 'only the user of the server, and root').argParser(userIds))
    .addOption(new Option('--api-compat <version>', 'which version of the original the REST API should look like').default(DEFAULT_API_COMPAT).choices(apiCompatVersions).argParser(apiCompat))
    .optionsGroup('The cluster:')
    .addOption(new Option('--pach-config <path>', 'config file shared with pachctl (default: PACH_CONFIG, else ~/.pachyderm/config.json)'))
    .optionsGroup('What is kept on disk:')
    .addOption(new Option('--cache-dir <directory>', 'keep what was read here (default: $XDG_CACHE_HOME/jupyterlab-pachyderm, else ~/.cache/jupyterlab-pachyderm)'))
    .addOption(new Option('--cache-size <size>', 'how much to keep, for example 500MB; 5 % of the disk stays free; 0 keeps nothing').default(10 * 1024 ** 3, '10GiB').argParser(size))
    .addOption(new Option('--stage-dir <directory>', 'keep what is written and not committed here (default: $XDG_STATE_HOME/jupyterlab-pachyderm/stage, else below ~/.local/state)'))
    .addOption(new Option('--no-commit-on-exit', 'leave changes uncommitted when the server stops; the next start finds them'))
    .optionsGroup('The log:')
    .addOption(new Option('--log-file <path>', 'write a debug log as JSON lines here, too'))
    .addOption(new Option('--log-level <level>', 'least severe messages on standard error').default('info').choices(logLevels))
    .addOption(new Option('--log-format <format>', 'how messages on standard error look').default('pretty').choices(['json', 'pretty']))
    .addHelpText('after', '\nEach option can be given as an environment variable: --mount-dir as MOUNT_SERVER_MOUNT_DIR, --no-fuse as MOUNT_SERVER_FUSE=false.\nPACH_CONFIG, PACH_CONTEXT, PACHD_ADDRESS, PACH_CA_CERTS, DEX_TOKEN, PACHYDERM_LOG_LEVEL and PACHCTL_JSON_LOGS work as for pachctl.')
    .addHelpText('after', exitCodeHelp)
}

/** The options in the environment, as arguments. */
function withEnvironment(command: Command, env: Environment): string[] {
  return command.options.flatMap(option => {
    if (option.long === '--version') return []
    const value = env[variableOf(option)] || asForPachctl(option.long, env)
    if (value === undefined || value === '') return []
    if (option.negate) return truth(value) ? [] : [option.long ?? '']
    return [`${option.long ?? ''}=${value}`]
  })
}

/** What pachctl reads from its environment, as far as it means the same here. */
function asForPachctl(option: string | undefined, env: Environment): string | undefined {
  if (option === '--log-level') return logLevels.find(level => level === (env['PACHYDERM_LOG_LEVEL'] || env['LOG_LEVEL'])?.toLowerCase())
  return option === '--log-format' && env['PACHCTL_JSON_LOGS'] ? 'json' : undefined
}

function checked(command: Command): ServerOptions {
  const given = command.opts<ServerOptions>()
  if (given.sockPath === undefined && !isLoopback(given.host) && given.tokenFile === undefined) {
    command.error(`error: --host ${given.host} can be reached by others; give a --token-file that they need, or serve on 127.0.0.1`)
  }
  return given
}

function apiCompat(text: string): ApiCompat {
  const version = apiCompatVersions.find(one => one === text)
  if (version) return version
  const known = `It should be one of ${apiCompatVersions.join(', ')}.`
  const [, minor] = /^2\.(\d{1,3})(?:\.|$)/.exec(text) ?? []
  throw new InvalidArgumentError(minor === undefined ? known : `${known} ${apiCompatAdvice(text, Number(minor))}`)
}

/** What to give for a version of the original that has no API of its own here. */
function apiCompatAdvice(text: string, minor: number): string {
  const short = apiCompatVersions.find(version => version === `2.${String(minor)}`)
  if (short !== undefined) return `For ${text} give ${short}.`
  if (minor >= 10) return `Pachyderm ${text} has no mount-server of its own; 2.9 is the last API of the original.`
  if (minor === 7) return 'For clients of 2.7 give 2.8 if they call PUT /datums/_mount, and 2.6 if they call PUT /_mount_datums.'
  return `For clients of ${text} give 2.6 if they call PUT /_mount, and 2.3 if they call PUT /repos/REPO/BRANCH/_mount.`
}

function portNumber(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65535) throw new InvalidArgumentError('It should be a number from 0 to 65535.')
  return port
}

function userIds(text: string): AllowedUids {
  if (text === 'any') return text
  if (!/^\d{1,10}(,\d{1,10})*$/.test(text)) throw new InvalidArgumentError('It should be user ids, such as 1000 or 1000,1001, or "any".')
  return text.split(',').map(Number)
}

/** Ids of users and groups; the last one means none. */
function userNumber(text: string): number {
  const id = Number(text)
  if (!/^\d+$/.test(text) || id > 0xffff_fffe) throw new InvalidArgumentError('It should be the number of a user or group, as "id" prints it.')
  return id
}

function modeMask(text: string): number {
  if (!/^0?[0-7]{1,3}$/.test(text)) throw new InvalidArgumentError('It should be three octal digits, such as 022 or 077.')
  return Number.parseInt(text, 8)
}

function size(text: string): number {
  const bytes = byteSize(text)
  if (bytes === undefined) throw new InvalidArgumentError('It should be a number of bytes, such as 10GiB or 500MB.')
  return bytes
}

function truth(text: unknown): boolean {
  if (text === true || (typeof text === 'string' && /^(1|t|true)$/i.test(text))) return true
  if (typeof text === 'string' && /^(0|f|false)$/i.test(text)) return false
  throw new InvalidArgumentError('It should be true or false.')
}
