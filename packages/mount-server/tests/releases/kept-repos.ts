/** What is in the kept data directories; later versions may add to it, and change nothing. */
import { branchReference, commitReference, type PachdClient, repoReference } from '@jupyterlab-pachyderm/pachd-client'

/** More than a block of the cache. */
export const LARGE_FILE = 'large.bin'
const LARGE_BYTES = 1_500_000

/** The files of images@master. */
export const images = { 'cat.png': Buffer.from('the bytes of a cat'), [LARGE_FILE]: Buffer.alloc(LARGE_BYTES, 'large') } as const

/** The files of labels@master, by commit, the first one first. */
export const labels = [
  { 'changed.txt': 'first\n', 'deleted.txt': 'deleted\n', 'old name.txt': 'renamed\n' },
  { 'changed.txt': 'second\n' },
] as const

/** A file of the commit of later@master that is open. */
export const opened = { 'begun.txt': 'begun\n' } as const

/** Makes repos with commits, a branch with provenance, and a commit that is left open. */
export async function fillRepos({ pfs }: PachdClient): Promise<void> {
  for (const [name, description] of [['images', 'pictures'], ['labels', 'what they show'], ['later', '']]) await pfs.createRepo({ repo: repoReference({ name: name ?? '' }), description: description ?? '' })
  await pfs.modifyFile(writes('images', images))
  for (const files of labels) await pfs.modifyFile(writes('labels', files))
  await pfs.createBranch({ branch: branchReference({ repo: 'later', branch: 'derived' }), provenance: [branchReference({ repo: 'images', branch: 'master' })] })
  await pfs.startCommit({ branch: branchReference({ repo: 'later', branch: 'master' }) })
  await pfs.modifyFile(writes('later', opened))
}

function writes(repo: string, files: Readonly<Record<string, string | Uint8Array>>) {
  return [
    { body: { $case: 'setCommit' as const, setCommit: commitReference({ repo, branch: 'master' }) } },
    ...Object.entries(files).flatMap(([path, content]) => [
      { body: { $case: 'deleteFile' as const, deleteFile: { path: `/${path}` } } },
      { body: { $case: 'addFile' as const, addFile: { path: `/${path}`, source: { $case: 'raw' as const, raw: Buffer.from(content as string) } } } },
    ]),
  ]
}
