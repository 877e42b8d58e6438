/** Sizes as people write them. */

const units: Readonly<Record<string, number>> = { '': 1, B: 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, KIB: 1024, MIB: 1024 ** 2, GIB: 1024 ** 3, TIB: 1024 ** 4 }

/** The number of bytes in `10GiB`, `500 MB`, `1.5G` or `0`; undefined for anything else. */
export function byteSize(text: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? []
  const factor = units[unit?.toUpperCase() ?? '-']
  return number === undefined || factor === undefined ? undefined : Math.floor(Number(number) * factor)
}
