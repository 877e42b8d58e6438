/**
 * How mount-server bears load: `npx tsx -C @jupyterlab-pachyderm/source tools/load/run.ts [mixed] [mounts] [churn] [directory] [repos]`.
 * LOAD_SECONDS says how long the clients ask and mounts come and go: 30 by default, 300 at night. Ends with 1 when a goal is missed.
 */
import { largeDirectory } from './large-directory.js'
import { churn, manyMounts } from './many-mounts.js'
import { manyRepos } from './many-repos.js'
import { mixed } from './mixed.js'
import { type Figure, report } from './figures.js'
import { startStack } from './stack.js'

const seconds = Number(process.env.LOAD_SECONDS ?? 30)
const wanted = new Set(process.argv.slice(2))
const isWanted = (name: string) => wanted.size === 0 || wanted.has(name)

const stack = await startStack()
const figures: Figure[] = []
try {
  if (isWanted('mixed')) {
    const { figures: found, errors } = await mixed(stack, seconds)
    figures.push(...found)
    for (const error of errors.slice(0, 5)) console.error(error)
  }
  if (isWanted('mounts') || isWanted('churn')) figures.push(...(await manyMounts(stack)))
  if (isWanted('churn')) figures.push(...(await churn(stack, seconds / 60)).figures)
  if (isWanted('directory')) figures.push(...(await largeDirectory(stack)))
  if (isWanted('repos')) figures.push(...(await manyRepos(stack)))
} finally {
  await stack.stop()
}
console.log(report(figures))
process.exitCode = figures.every(({ isMet }) => isMet) ? 0 : 1
