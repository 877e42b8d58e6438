/** Names: what a mount is called, and how a repo is written for people. */

/** A branch of a repo. */
export interface BranchRef {
  readonly project: string
  readonly repo: string
  /** Empty for a commit of which nobody says on which branch it was made. */
  readonly branch: string
}

/** The key of a repo in maps and sets. */
export function repoKey({ project, repo }: Pick<BranchRef, 'project' | 'repo'>): string {
  return `${project}/${repo}`
}

/** The key of a branch in maps and sets. */
export function branchKey(ref: BranchRef): string {
  return `${repoKey(ref)}@${ref.branch}`
}

const DEFAULT_BRANCH = 'master'

/** The directory that shows a branch: `<project>_<repo>`, and `_<branch>` unless that is master. */
export function mountNameOf({ project, repo, branch }: BranchRef): string {
  const name = `${project}_${repo}`
  // A branch may be called `feature/x`; a directory may not.
  return branch === DEFAULT_BRANCH || branch === '' ? name : `${name}_${branch.replaceAll('/', '-')}`
}

/** The directory that shows one commit of a branch. */
export function commitMountNameOf(ref: BranchRef, commit: string): string {
  return `${mountNameOf(ref)}_${commit.slice(0, 8)}`
}

/** Whether a mount shows one commit for ever, by the name that it got. */
export function isPinned(mount: BranchRef & { readonly name: string; readonly commit: string }): boolean {
  return mount.commit !== '' && mount.name === commitMountNameOf(mount, mount.commit)
}

/** `project/repo@branch:/path`, as Pachyderm's tools take it. `path` is below the mount. */
export function fileUri(ref: BranchRef, path: string): string {
  return `${commitUri(ref, '')}:/${path}`
}

/** `project/repo@branch=commit`, as Pachyderm's tools take it. */
export function commitUri({ project, repo, branch }: BranchRef, commit: string): string {
  return `${project}/${repo}${revision(branch, commit)}`
}

/** The branch that Mount means when none was chosen: master, else the first; undefined without branches. */
export function defaultBranchOf(branches: readonly string[] | null): string | undefined {
  return branches?.includes(DEFAULT_BRANCH) === true ? DEFAULT_BRANCH : branches?.[0]
}

/** `repo@branch`, with the project in front unless it is the default one. */
export function branchLabel({ project, repo, branch }: BranchRef): string {
  return `${project === 'default' ? '' : `${project}/`}${repo}${revision(branch, '')}`
}

/** The same with the commit, if one is named, in short. */
export function commitLabel(ref: BranchRef & { readonly commit: string }): string {
  return `${branchLabel({ ...ref, branch: '' })}${revision(ref.branch, ref.commit.slice(0, 8))}`
}

function revision(branch: string, commit: string): string {
  const named = [branch, commit].filter(Boolean).join('=')
  return named === '' ? '' : `@${named}`
}
