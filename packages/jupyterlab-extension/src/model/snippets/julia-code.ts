/** Julia that reads files of a mount. */
import { isUrl, type Reader, type ReadFile } from './code-snippet.js'

const READERS: readonly Reader[] = [
  [/\.csv(\.gz)?$/, 'using CSV, DataFrames', place => `df = CSV.read(${place}, DataFrame)\nfirst(df, 5)`],
  [/\.tsv(\.gz)?$/, 'using CSV, DataFrames', place => `df = CSV.read(${place}, DataFrame; delim='\\t')\nfirst(df, 5)`],
  [/\.(parquet|pq)$/, 'using Parquet2, DataFrames', place => `df = DataFrame(Parquet2.Dataset(${place}))\nfirst(df, 5)`],
  [/\.(feather|arrow)$/, 'using Arrow, DataFrames', place => `df = DataFrame(Arrow.Table(${place}))\nfirst(df, 5)`],
  [/\.json$/, 'using JSON', place => `data = JSON.parsefile(${place})`],
  [/\.(png|jpe?g|gif|bmp|tiff?)$/, 'using Images', place => `image = load(${place})`],
  [/\.(txt|md|log|ya?ml|xml|html?|py|r|jl|sql|toml|ini|cfg|jsonl|ndjson|tsv)$/, '', place => `text = read(${place}, String)\nprint(first(text, 1000))`],
  [/(?:)/, '', place => `data = read(${place})\nlength(data)`],
]

/** Julia for any file or directory of a mount; undefined without a mount. */
export function juliaCode({ place, kind }: ReadFile): string | undefined {
  if (isUrl(place)) return undefined
  // A dollar sign in a string of Julia begins a variable.
  const quoted = JSON.stringify(place).replaceAll('$', '\\$')
  if (kind === 'directory') return `first(readdir(${quoted}), 100)`
  const [, libraries = '', call] = READERS.find(([pattern]) => pattern.test(place.toLowerCase())) ?? []
  return `${libraries === '' ? '' : `${libraries}\n\n`}${call?.(quoted) ?? ''}`
}
