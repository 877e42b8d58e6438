/** The command line of pachd-embedded: from arguments and environment to options. */
import { Command, InvalidArgumentError, Option } from 'commander'

/** What the command is to do. */
export type Task =
  | { readonly task: 'serve'; readonly dataDir: string; readonly host: string; readonly port: number; readonly rootToken: string | undefined }
  | { readonly task: 'fsck'; readonly dataDir: string }

/** What is printed for `--version`. */
export const VERSION = '0.1.0'

function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('a port is a number from 0 to 65535; 0 takes a free one.')
  return port
}

interface ServeFlags {
  readonly dataDir?: string
  readonly host: string
  readonly port: number
  readonly rootToken?: string
}

const dataDirOption = () => new Option('--data-dir <dir>', 'where the data is kept; made when it is missing').env('PACHD_EMBEDDED_DATA_DIR')

/** The data directory, wherever on the line it was named. */
function required(program: Command, dataDir: string | undefined): string {
  return dataDir ?? program.error('error: name the data directory with --data-dir or PACHD_EMBEDDED_DATA_DIR')
}

/** The command line as commander describes it; `choose` is called with what was asked for. */
export function createCommand(choose: (task: Task) => void): Command {
  const program = new Command('pachd-embedded')
    .description('A single-node pachd: Pachyderm projects, repos, branches, commits and files over gRPC, kept in one directory.')
    .version(VERSION)
    .addOption(dataDirOption())
    .addOption(new Option('--host <host>', 'the address to listen on; other than loopback only with auth').env('PACHD_EMBEDDED_HOST').default('127.0.0.1'))
    .addOption(new Option('--port <port>', 'the port to listen on; 0 takes a free one').env('PACHD_EMBEDDED_PORT').default(30_650).argParser(parsePort))
    .addOption(new Option('--root-token <token>', 'turn auth on, with this token for pach:root').env('PACHD_EMBEDDED_ROOT_TOKEN'))
    .action((flags: ServeFlags) => {
      choose({ task: 'serve', dataDir: required(program, flags.dataDir), host: flags.host, port: flags.port, rootToken: flags.rootToken === '' ? undefined : flags.rootToken })
    })
  program
    .command('fsck')
    .description('look at every row and every byte of a data directory that no process uses; exits with 1 when something is wrong')
    .addOption(dataDirOption())
    .action((_: unknown, command: Command) => {
      const own = command.opts<{ dataDir?: string }>().dataDir
      choose({ task: 'fsck', dataDir: required(program, own ?? program.opts<ServeFlags>().dataDir) })
    })
  return program
}

/** Reads the command line. Prints and ends the process for `--help`, `--version` and mistakes. */
export function readCommandLine(argv: readonly string[]): Task {
  let task: Task | undefined
  createCommand(given => (task = given)).parse(argv)
  if (!task) throw new Error('the command line named no task')
  return task
}
