/** Puts the sample data into a pachd, once. */
import { branchReference, commitReference, createPachdClient, repoReference, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'

import { sampleBranches, type SampleBranch, type SampleCommit } from './sample-files.js'

/** Seeds the pachd at `address`. Sample repos that an interrupted seeding left half done are made anew. */
export async function seedSampleData(address: string): Promise<void> {
  const client = createPachdClient({ address })
  try {
    const branches = await sampleBranches()
    for (const [project, repos] of reposByProject(branches)) {
      if (project !== 'default') await client.pfs.createProject({ project: { name: project }, update: true }).catch(() => client.pfs.createProject({ project: { name: project } }))
      for (const { repo, description } of repos.values()) {
        await client.pfs.deleteRepo({ repo: repoReference({ project, name: repo }), force: true })
        await client.pfs.createRepo({ repo: repoReference({ project, name: repo }), description })
      }
    }
    for (const branch of branches) await seedBranch(client, branch)
  } finally {
    client.close()
  }
}

function reposByProject(branches: readonly SampleBranch[]): Map<string, Map<string, SampleBranch>> {
  const projects = new Map<string, Map<string, SampleBranch>>()
  for (const branch of branches) {
    const repos = projects.get(branch.project) ?? new Map<string, SampleBranch>()
    projects.set(branch.project, repos.set(branch.repo, branch))
  }
  return projects
}

async function seedBranch(client: PachdClient, { project, repo, branch, from, commits }: SampleBranch): Promise<void> {
  if (from) await client.pfs.createBranch({ branch: branchReference({ project, repo, branch }), head: await nthCommit(client, { project, repo, branch: from.branch }, from.commits) })
  for (const commit of commits) await seedCommit(client, { project, repo, branch }, commit)
}

async function nthCommit(client: PachdClient, of: { project: string; repo: string; branch: string }, number: number) {
  const ids: string[] = []
  for await (const { commit } of client.pfs.listCommit({ repo: repoReference({ project: of.project, name: of.repo }), to: commitReference(of) })) ids.push(commit?.id ?? '')
  return commitReference({ project: of.project, repo: of.repo, id: ids.reverse()[number - 1] })
}

async function seedCommit(client: PachdClient, target: { project: string; repo: string; branch: string }, { message, files }: SampleCommit): Promise<void> {
  const started = await client.pfs.startCommit({ branch: branchReference(target), description: message })
  const commit = commitReference({ project: target.project, repo: target.repo, id: started.id })
  await client.pfs.modifyFile(requests(commit, files))
  await client.pfs.finishCommit({ commit })
}

function* requests(commit: ReturnType<typeof commitReference>, files: SampleCommit['files']) {
  yield { body: { $case: 'setCommit' as const, setCommit: commit } }
  for (const [path, raw] of files) {
    yield { body: { $case: 'deleteFile' as const, deleteFile: { path } } }
    yield { body: { $case: 'addFile' as const, addFile: { path, source: { $case: 'raw' as const, raw } } } }
  }
}
