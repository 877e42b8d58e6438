/** What commands write to, and how they lay it out. */
import { MultiBar, Presets } from 'cli-progress'

import { printable, printableJson, printableName } from '../printable.js'

/** Where a command writes. */
export interface Terminal {
  /** What was asked for, on standard output. */
  readonly print: (text: string) => void
  /** The exact value on standard output, for programs. */
  readonly printJson: (value: unknown, options?: { readonly onOneLine?: boolean }) => void
  /** Exact texts on standard output, each ended by a NUL byte, for programs such as xargs -0. */
  readonly printRaw: (texts: readonly string[]) => void
  /** What a person should know besides, on standard error. */
  readonly tell: (text: string) => void
  /** Whether standard error is a terminal, which may show progress. */
  readonly showsProgress: boolean
}

/** The terminal of this process. Line breaks in `text` are those of the command; all else that steers a terminal is escaped. */
export function processTerminal(): Terminal {
  return {
    print: text => void process.stdout.write(`${lines(text)}\n`),
    printJson: (value, { onOneLine = false } = {}) => void process.stdout.write(`${printableJson(value, onOneLine ? undefined : 2)}\n`),
    printRaw: texts => void process.stdout.write(texts.map(text => `${text}\0`).join('')),
    tell: text => void process.stderr.write(`${lines(text)}\n`),
    showsProgress: process.stderr.isTTY,
  }
}

function lines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}

/** Rows under headings, each column as wide as it must be. Cells are names. */
export function table(headings: readonly string[], cells: readonly (readonly string[])[]): string {
  const rows = cells.map(row => row.map(printableName))
  const widths = headings.map((heading, column) => Math.max(heading.length, ...rows.map(row => row[column]?.length ?? 0)))
  return [headings, ...rows].map(row => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n')
}

/** Progress on standard error; whoever starts it stops it. */
export interface Progress {
  readonly update: (done: number, total: number) => void
  readonly stop: () => void
}

/** A bar on a terminal, and nothing elsewhere. */
export function startProgress(terminal: Terminal, what: string): Progress {
  if (!terminal.showsProgress) return { update: () => undefined, stop: () => undefined }
  const bars = new MultiBar({ format: '{what} [{bar}] {percentage} %', clearOnComplete: true, hideCursor: true, stopOnComplete: false, stream: process.stderr }, Presets.shades_classic)
  const bar = bars.create(1, 0, { what: printable(what) })
  return {
    update: (done, total) => {
      bar.setTotal(Math.max(total, 1))
      bar.update(done)
    },
    stop: () => bars.stop(),
  }
}

/** Bytes as people read them. */
export function readableBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const
  const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1)
  return `${power === 0 ? String(bytes) : (bytes / 1024 ** power).toFixed(1)} ${units[power] ?? 'B'}`
}
