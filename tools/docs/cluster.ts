/** What is in the pachd of a reader: a repo of pictures, one of tables, and one to write to. */
import { startEmbeddedPachd } from '../../packages/pachd-embedded/src/index.js'
import { branchReference, createPachdClient, repoReference } from '../../packages/pachd-client/src/index.js'

const repos = {
  images: { '/cat.png': 'the bytes of a cat', '/train/1.png': 'the bytes of a first picture', '/train/2.png': 'the bytes of a second one' },
  sales: { '/2026/january.csv': 'city,amount\nParis,10\n' },
  labels: { '/cat.txt': 'cat\n' },
} as const

/** Fills a new data directory of the embedded pachd. */
export async function seedCluster(dataDir: string): Promise<void> {
  const pachd = await startEmbeddedPachd({ dataDir, port: 0 })
  const client = createPachdClient({ address: pachd.address })
  try {
    for (const [name, files] of Object.entries(repos)) {
      const branch = branchReference({ repo: name, branch: 'master' })
      await client.pfs.createRepo({ repo: repoReference({ name }) })
      await client.pfs.modifyFile([
        { body: { $case: 'setCommit', setCommit: { branch, repo: branch.repo } } },
        ...Object.entries(files).map(([path, text]) => ({ body: { $case: 'addFile' as const, addFile: { path, source: { $case: 'raw' as const, raw: Buffer.from(text) } } } })),
      ])
    }
  } finally {
    client.close()
    await pachd.stop()
  }
}
