/**
 * Somebody who types what a page says, block after block, in one shell: with a home directory and a network of their own,
 * so that every command, port and path is the one that is printed.
 */
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { venv } from '../setup/python-environment.mjs'
import { type Block, blocksOf, hasCluster } from './blocks.js'
import { type Page, root } from './pages.js'

/** How far a reader came. */
export interface Reading {
  /** The line of the block that failed; undefined when every command worked, 0 when not even the cluster started. */
  readonly failedAt: number | undefined
  /** What was printed, by the line of the block. */
  readonly printed: ReadonlyMap<number, string>
  /** The end of everything that was printed, for people. */
  readonly end: string
}

/** A page on a machine that is busy with everything else. */
const READING_MS = 240_000
const MARK = '#@ block at line'
const CLUSTER = ['before=$(listeners)', 'pachd-embedded --data-dir "$HOME/.cluster" &', 'until_it_listens "$before" $!']

/** Types the blocks of the page that readers run. `cluster` is the data directory of their pachd; it is copied. */
export async function readAloud(page: Page, cluster: string): Promise<Reading> {
  const home = await mkdtemp(join(tmpdir(), 'reader-'))
  const programs: string[] = []
  try {
    if (hasCluster(page)) await cp(cluster, join(home, '.cluster'), { recursive: true })
    await mkdir(join(home, 'tmp'))
    const steps: string[] = []
    for (const block of blocksOf(page).filter(({ trial }) => trial.by === 'reader')) {
      steps.push(`printf '\\n${MARK} %s\\n' ${block.line}`, await commandsOf(block, home, programs))
    }
    const script = [`. ${join(import.meta.dirname, 'reader.sh')}`, ...(hasCluster(page) ? CLUSTER : []), ...steps].join('\n')
    return reading(await typed(script, home))
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    for (const program of programs) await rm(program, { force: true })
  }
}

async function commandsOf({ language, text, line }: Block, home: string, programs: string[]): Promise<string> {
  if (language === 'sh') return text.split('\n').map(waitingForServers).join('\n')
  if (language === 'python') {
    await writeFile(join(home, 'tmp', `${line}.py`), text)
    return `python "$HOME/tmp/${line}.py"`
  }
  // Beside the packages that it imports.
  const program = join(import.meta.dirname, `line-${line}-${home.slice(-6)}.generated.mts`)
  await writeFile(program, text)
  programs.push(program)
  return `node --import ${pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href} --conditions @jupyterlab-pachyderm/source ${program}`
}

/** A person looks whether a server runs before typing on. */
function waitingForServers(line: string): string {
  return /(^|[^&])&\s*(#.*)?$/.test(line) ? `before=$(listeners)\n${line}\nuntil_it_listens "$before" $!` : line
}

/** Runs the script in namespaces of its own; all that it started, and all that it mounted, ends with it. */
function typed(script: string, home: string): Promise<{ readonly isDone: boolean; readonly output: string }> {
  const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user']
  const env = {
    HOME: home,
    TMPDIR: join(home, 'tmp'),
    LANG: 'C.UTF-8',
    PATH: [join(root, 'node_modules/.bin'), join(venv, 'bin'), process.env['PATH'] ?? ''].join(delimiter),
  }
  return new Promise(resolve => {
    execFile('unshare', [...asRoot, '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'bash', '-c', `exec 2>&1\n${script}`], { env, cwd: home, timeout: READING_MS, maxBuffer: 64 * 1024 * 1024 }, (error, stdout) => resolve({ isDone: !error, output: stdout }))
  })
}

function reading({ isDone, output }: { isDone: boolean; output: string }): Reading {
  const [before = '', ...parts] = output.split(new RegExp(`^${MARK} `, 'm'))
  const printed = new Map(parts.map(part => [Number(/^\d+/.exec(part)?.[0]), part.slice(part.indexOf('\n') + 1)] as const))
  return { failedAt: isDone ? undefined : (Array.from(printed.keys()).at(-1) ?? 0), printed, end: (parts.at(-1) ?? before).slice(-2000) }
}
