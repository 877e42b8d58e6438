import { describe, expect, test } from 'vitest'

import { readingCode } from './code-snippet.js'

const file = (place: string) => ({ place, kind: 'file' as const })

describe('Python', () => {
  test('reads a table with pandas, and quotes what needs quoting', () => {
    expect(readingCode(file('/pfs/a/"b".csv'), 'python')).toBe('import pandas as pd\n\ndf = pd.read_csv("/pfs/a/\\"b\\".csv")\ndf.head()')
  })

  test.each([
    ['/pfs/a/x.PARQUET', 'pd.read_parquet("/pfs/a/x.PARQUET")'],
    ['/pfs/a/x.json', 'with open("/pfs/a/x.json") as file:\n    data = json.load(file)'],
    ['/pfs/a/x.png', 'with open("/pfs/a/x.png", "rb") as file:\n    image = Image.open(file)\n    image.load()'],
    ['/pfs/a/x.txt', 'with open("/pfs/a/x.txt") as file:\n    text = file.read()'],
    ['/pfs/a/x.dat', 'with open("/pfs/a/x.dat", "rb") as file:\n    data = file.read()'],
  ])('reads %s', (place, code) => {
    expect(readingCode(file(place), 'python')).toContain(code)
  })

  test('lists a directory', () => {
    expect(readingCode({ place: '/pfs/a', kind: 'directory' }, 'python')).toContain('Path("/pfs/a").iterdir()')
  })

  test('reads with fsspec where there is no mount', () => {
    expect(readingCode(file('pfs://a/x.csv'), 'python')).toContain('pd.read_csv("pfs://a/x.csv")')
    expect(readingCode(file('pfs://a/x.txt'), 'python')).toContain('import fsspec\n\nwith fsspec.open("pfs://a/x.txt", "r") as file:')
    expect(readingCode(file('pfs://a/x.png'), 'python')).toContain('import fsspec\nfrom PIL import Image\n\nwith fsspec.open("pfs://a/x.png") as file:')
    expect(readingCode({ place: 'pfs://a', kind: 'directory' }, 'python')).toContain('fsspec.filesystem("pfs").ls("pfs://a"')
  })
})

describe('other languages', () => {
  test.each([
    ['R', '/pfs/a/x.csv', 'df <- read.csv("/pfs/a/x.csv")\nhead(df)'],
    ['R', '/pfs/a/x.parquet', 'library(arrow)\n\ndf <- read_parquet("/pfs/a/x.parquet")\nhead(df)'],
    ['R', '/pfs/a/x.dat', 'data <- readBin("/pfs/a/x.dat", "raw", file.size("/pfs/a/x.dat"))\nlength(data)'],
    ['julia', '/pfs/a/x.csv', 'using CSV, DataFrames\n\ndf = CSV.read("/pfs/a/x.csv", DataFrame)\nfirst(df, 5)'],
    ['julia', '/pfs/$a/x.dat', 'data = read("/pfs/\\$a/x.dat")\nlength(data)'],
  ])('%s reads %s', (language, place, code) => {
    expect(readingCode(file(place), language)).toBe(code)
  })

  test('list directories', () => {
    expect(readingCode({ place: '/pfs/a', kind: 'directory' }, 'R')).toBe('head(list.files("/pfs/a"), 100)')
    expect(readingCode({ place: '/pfs/a', kind: 'directory' }, 'julia')).toBe('first(readdir("/pfs/a"), 100)')
  })

  test('have no way to read without a mount, and unknown ones none at all', () => {
    expect(readingCode(file('pfs://a/x.csv'), 'R')).toBeUndefined()
    expect(readingCode(file('pfs://a/x.csv'), 'julia')).toBeUndefined()
    expect(readingCode(file('/pfs/a/x.csv'), 'cobol')).toBeUndefined()
  })
})
