/** Python that reads files: from a mount with the standard library, without one with fsspec. */
import { isUrl, type Reader, type ReadFile } from './code-snippet.js'

const PANDAS = 'import pandas as pd'

const READERS: readonly Reader[] = [
  [/\.csv(\.gz|\.bz2|\.zip|\.xz|\.zst)?$/, PANDAS, place => `df = pd.read_csv(${place})\ndf.head()`],
  [/\.tsv(\.gz)?$/, PANDAS, place => `df = pd.read_csv(${place}, sep="\\t")\ndf.head()`],
  [/\.(parquet|pq)$/, PANDAS, place => `df = pd.read_parquet(${place})\ndf.head()`],
  [/\.feather$/, PANDAS, place => `df = pd.read_feather(${place})\ndf.head()`],
  [/\.(xlsx|xls)$/, PANDAS, place => `df = pd.read_excel(${place})\ndf.head()`],
  [/\.(jsonl|ndjson)$/, PANDAS, place => `df = pd.read_json(${place}, lines=True)\ndf.head()`],
]

/** Files that are read from an open file. `mode` is that of `open`; `call` reads `file`. */
const FROM_OPEN_FILE: readonly (readonly [name: RegExp, libraries: string, mode: string, call: string, shown: string])[] = [
  [/\.json$/, 'import json', '', 'data = json.load(file)', 'data'],
  [/\.(png|jpe?g|gif|bmp|tiff?|webp)$/, 'from PIL import Image', 'rb', 'image = Image.open(file)\n    image.load()', 'image'],
  [/\.npy$/, 'import numpy as np', 'rb', 'array = np.load(file)', 'array'],
  [/\.(txt|md|log|ya?ml|xml|html?|py|r|jl|sql|toml|ini|cfg)$/, '', '', 'text = file.read()', 'print(text[:1000])'],
  [/(?:)/, '', 'rb', 'data = file.read()', 'len(data)'],
]

/** Python for any file or directory. */
export function pythonCode({ place, kind }: ReadFile): string {
  const quoted = JSON.stringify(place)
  if (kind === 'directory') return isUrl(place) ? `import fsspec\n\nfsspec.filesystem("pfs").ls(${quoted}, detail=False)[:100]` : `from pathlib import Path\n\nsorted(Path(${quoted}).iterdir())[:100]`
  const name = place.toLowerCase()
  const reader = READERS.find(([pattern]) => pattern.test(name))
  if (reader) return `${reader[1]}\n\n${reader[2](quoted)}`
  const withFsspec = isUrl(place)
  const [, libraries = '', mode = 'rb', call = '', shown = ''] = FROM_OPEN_FILE.find(([pattern]) => pattern.test(name)) ?? []
  const imports = [...(withFsspec ? ['import fsspec'] : []), ...(libraries === '' ? [] : [libraries])]
  // fsspec opens for bytes unless told otherwise, open() for text.
  const given = withFsspec ? (mode === 'rb' ? '' : ', "r"') : mode === '' ? '' : `, "${mode}"`
  const opened = `with ${withFsspec ? 'fsspec.open' : 'open'}(${quoted}${given}) as file:\n    ${call}\n${shown}`
  return imports.length === 0 ? opened : `${imports.join('\n')}\n\n${opened}`
}
