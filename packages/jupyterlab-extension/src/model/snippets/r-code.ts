/** R that reads files of a mount. */
import { isUrl, type Reader, type ReadFile } from './code-snippet.js'

const READERS: readonly Reader[] = [
  [/\.csv(\.gz|\.bz2|\.xz)?$/, '', place => `df <- read.csv(${place})\nhead(df)`],
  [/\.tsv(\.gz)?$/, '', place => `df <- read.delim(${place})\nhead(df)`],
  [/\.(parquet|pq)$/, 'library(arrow)', place => `df <- read_parquet(${place})\nhead(df)`],
  [/\.feather$/, 'library(arrow)', place => `df <- read_feather(${place})\nhead(df)`],
  [/\.(xlsx|xls)$/, 'library(readxl)', place => `df <- read_excel(${place})\nhead(df)`],
  [/\.(jsonl|ndjson)$/, 'library(jsonlite)', place => `df <- stream_in(file(${place}))\nhead(df)`],
  [/\.json$/, 'library(jsonlite)', place => `data <- fromJSON(${place})\ndata`],
  [/\.(png|jpe?g|gif|bmp|tiff?|webp)$/, 'library(magick)', place => `image <- image_read(${place})\nimage`],
  [/\.rds$/, '', place => `data <- readRDS(${place})\ndata`],
  [/\.(txt|md|log|ya?ml|xml|html?|py|r|jl|sql|toml|ini|cfg)$/, '', place => `text <- readLines(${place})\nhead(text, 20)`],
  [/(?:)/, '', place => `data <- readBin(${place}, "raw", file.size(${place}))\nlength(data)`],
]

/** R for any file or directory of a mount; undefined without a mount. */
export function rCode({ place, kind }: ReadFile): string | undefined {
  if (isUrl(place)) return undefined
  const quoted = JSON.stringify(place)
  if (kind === 'directory') return `head(list.files(${quoted}), 100)`
  const [, libraries = '', call] = READERS.find(([pattern]) => pattern.test(place.toLowerCase())) ?? []
  return `${libraries === '' ? '' : `${libraries}\n\n`}${call?.(quoted) ?? ''}`
}
