/** The sample data: which file of which dataset is committed where. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { root } from '../setup/report.mjs'

/** One commit of the sample data. */
export interface SampleCommit {
  readonly message: string
  /** Path in the repo → content. */
  readonly files: ReadonlyMap<string, Buffer>
}

/** One branch of the sample data, its commits oldest first. */
export interface SampleBranch {
  readonly project: string
  readonly repo: string
  readonly description: string
  readonly branch: string
  /** A branch of the same repo, and how many of its commits come before this branch's own. */
  readonly from?: { readonly branch: string; readonly commits: number }
  readonly commits: readonly SampleCommit[]
}

const dataset = (name: string) => readFile(join(root, 'node_modules/vega-datasets/data', name))

/** Everything that is seeded, made from the npm package vega-datasets. */
export async function sampleBranches(): Promise<SampleBranch[]> {
  const [weather, co2, airports, cars, ffox, gimp, sevenZip] = await Promise.all(
    ['seattle-weather.csv', 'co2-concentration.csv', 'airports.csv', 'cars.json', 'ffox.png', 'gimp.png', '7zip.png'].map(dataset),
  ) as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer]
  const files = (entries: Record<string, Buffer>) => new Map(Object.entries(entries))
  const year = (text: string) => linesWhere(weather, line => line.startsWith(text))
  const weatherRepo = { project: 'climate', repo: 'weather', description: 'Daily weather in Seattle, one file a year' }
  return [
    {
      ...weatherRepo,
      branch: 'master',
      commits: ['2012', '2013', '2014', '2015'].map(name => ({ message: `Weather of ${name}`, files: files({ [`/seattle/${name}.csv`]: year(name) }) })),
    },
    {
      ...weatherRepo,
      branch: 'snow-only',
      from: { branch: 'master', commits: 2 },
      commits: [{ message: 'Days with snow', files: files({ '/seattle/snow.csv': linesWhere(weather, line => line.endsWith('snow')) }) }],
    },
    { project: 'climate', repo: 'co2', description: 'CO2 at Mauna Loa', branch: 'master', commits: [{ message: 'Concentrations since 1958', files: files({ '/co2-concentration.csv': co2 }) }] },
    {
      project: 'default',
      repo: 'airports',
      description: 'Airports of the United States',
      branch: 'master',
      commits: [
        { message: 'The first thousand', files: files({ '/airports.csv': firstLines(airports, 1001) }) },
        { message: 'All of them, and one file for each state', files: new Map([['/airports.csv', airports], ...byState(airports)]) },
      ],
    },
    { project: 'default', repo: 'cars', description: 'Cars of 1970 to 1982', branch: 'master', commits: [{ message: 'Fuel economy', files: files({ '/cars.json': cars }) }] },
    {
      project: 'default',
      repo: 'images',
      description: 'Logos of well-known programs',
      branch: 'master',
      commits: [
        { message: 'A browser', files: files({ '/logos/ffox.png': ffox }) },
        { message: 'An image editor and an archiver', files: files({ '/logos/gimp.png': gimp, '/logos/7zip.png': sevenZip }) },
      ],
    },
  ]
}

function linesWhere(csv: Buffer, isWanted: (line: string) => boolean): Buffer {
  const [header = '', ...lines] = csv.toString().trimEnd().split('\n')
  return Buffer.from(`${[header, ...lines.filter(isWanted)].join('\n')}\n`)
}

function firstLines(csv: Buffer, count: number): Buffer {
  return Buffer.from(`${csv.toString().split('\n').slice(0, count).join('\n')}\n`)
}

function byState(airports: Buffer): [string, Buffer][] {
  const states = new Set(Array.from(airports.toString().matchAll(/,([A-Z]{2}),USA,/g), match => match[1] ?? ''))
  return Array.from(states, state => [`/states/${state}.csv`, linesWhere(airports, line => line.includes(`,${state},USA,`))])
}
