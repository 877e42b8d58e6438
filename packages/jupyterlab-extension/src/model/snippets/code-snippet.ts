/** Lines of code that read a file of a mount, in the language of a kernel. */
import type { FileEntry } from '../files-model.js'
import { juliaCode } from './julia-code.js'
import { pythonCode } from './python-code.js'
import { rCode } from './r-code.js'

/** What the code reads. `place` is an absolute path, or without a mount a `pfs://` URL. */
export interface ReadFile {
  readonly place: string
  readonly kind: FileEntry['kind']
}

/** A row of the table of a language: files whose name matches are read with these libraries by this call. */
export type Reader = readonly [name: RegExp, libraries: string, call: (place: string) => string]

const LANGUAGES: Readonly<Record<string, (file: ReadFile) => string | undefined>> = { python: pythonCode, ipython: pythonCode, r: rCode, julia: juliaCode }

/** Code that reads the file or lists the directory; undefined where the language has no way to read it. */
export function readingCode(file: ReadFile, language: string): string | undefined {
  return LANGUAGES[language.toLowerCase()]?.(file)
}

/** Whether a place is a URL that only fsspec reads. */
export function isUrl(place: string): boolean {
  return place.startsWith('pfs://')
}
