/** Lines of Python that read a file of the mount. */

const READERS: readonly (readonly [pattern: RegExp, module: string, call: (path: string) => string])[] = [
  [/\.csv(\.gz|\.bz2|\.zip|\.xz)?$/, 'import pandas as pd', path => `df = pd.read_csv(${path})\ndf.head()`],
  [/\.tsv(\.gz)?$/, 'import pandas as pd', path => `df = pd.read_csv(${path}, sep="\\t")\ndf.head()`],
  [/\.parquet$/, 'import pandas as pd', path => `df = pd.read_parquet(${path})\ndf.head()`],
  [/\.(xlsx|xls)$/, 'import pandas as pd', path => `df = pd.read_excel(${path})\ndf.head()`],
  [/\.(jsonl|ndjson)$/, 'import pandas as pd', path => `df = pd.read_json(${path}, lines=True)\ndf.head()`],
  [/\.json$/, 'import json', path => `with open(${path}) as file:\n    data = json.load(file)\ndata`],
  [/\.(png|jpe?g|gif|bmp|tiff?|webp)$/, 'from PIL import Image', path => `image = Image.open(${path})\nimage`],
  [/\.npy$/, 'import numpy as np', path => `array = np.load(${path})\narray`],
  [/\.(txt|md|log|ya?ml|xml|html?|py|r|sql)$/, '', path => `with open(${path}) as file:\n    text = file.read()\nprint(text[:1000])`],
]

/** Python that reads the file, or lists the directory, at an absolute path. */
export function readingCode(path: string, kind: 'directory' | 'file' | 'notebook'): string {
  const quoted = JSON.stringify(path)
  if (kind === 'directory') return `from pathlib import Path\n\nsorted(Path(${quoted}).iterdir())[:100]`
  const reader = READERS.find(([pattern]) => pattern.test(path.toLowerCase()))
  if (!reader) return `with open(${quoted}, "rb") as file:\n    data = file.read()\nlen(data)`
  const [, module, call] = reader
  return module === '' ? call(quoted) : `${module}\n\n${call(quoted)}`
}
