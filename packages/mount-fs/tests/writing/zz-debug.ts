import fc from 'fast-check'
import { startBranchPachd } from './branch-pachd.js'
import { lifeKinds, runTwins, type Operation } from './twin-directories.js'
const pachd = await startBranchPachd()
const seed = Number(process.argv[2] ?? 1), count = Number(process.argv[3] ?? 50)
const fileKinds = [
  'write', 'create', 'overwrite', 'readwrite', 'append', 'appendmany', 'touch', 'truncate', 'empty', 'fsync', 'map', 'chmod', 'utime', 'forget', 'unlink', 'mkdir', 'rmdir', 'rmtree', 'symlink', 'readlink', 'save',
  'stat', 'list', 'access', 'rename', 'rename', 'rename', 'copy', 'link', 'hold', 'heldwrite', 'heldread', 'heldtruncate', 'heldsync', 'letgo',
]
const name = fc.constantFrom('a', 'b', 'c', 'd')
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map(names => `/${names.join('/')}`)
const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.oneof({ weight: 24, arbitrary: fc.constantFrom(...fileKinds) }, { weight: 1, arbitrary: fc.constantFrom(...lifeKinds) }),
  path, other: path, to: fc.constantFrom('a', 'b', '../a', '../b/c', 'c/d', '/etc/hostname', 'nowhere'), seed: fc.nat(10_000),
  size: fc.oneof({ weight: 9, arbitrary: fc.nat(5000) }, { weight: 1, arbitrary: fc.constantFrom(0, 4096, 131_072, 200_000) }),
  at: fc.oneof({ weight: 9, arbitrary: fc.nat(6000) }, { weight: 1, arbitrary: fc.constantFrom(0, 4096, 65_536, 150_000, 300_000) }),
})
const [ops] = fc.sample(fc.array(operation, { minLength: count, maxLength: count, size: 'max' }), { seed, numRuns: 1 })
const files = { '/a/a': 'aa', '/a/b/c': 'abc', '/a/b/d': Buffer.alloc(200_000, 'abd'), '/b/c': 'bc', '/c': Buffer.alloc(100_000, 'c'), '/d/a/a': 'daa' }
let n = 0
const fails = async (list: readonly Operation[]) => { const repo = `r${++n}`; await pachd.repo(repo, files); try { await runTwins(pachd, repo, list); return undefined } catch (e) { return e } }
const t=Date.now()
let list = ops as Operation[]
let error = await fails(list)
console.log('first', error ? String((error as Error).message).slice(0, 1500) : 'ok', Date.now()-t)
if (error) {
  for (let chunk = Math.ceil(list.length / 2); chunk >= 1; chunk = chunk === 1 ? 0 : Math.ceil(chunk / 2)) {
    for (let i = 0; i < list.length; ) {
      const less = [...list.slice(0, i), ...list.slice(i + chunk)]
      const e = await fails(less)
      if (e) { list = less; error = e } else i += chunk
    }
  }
  console.log(JSON.stringify(list)); console.log(String((error as Error).stack).slice(0, 2500))
}
await pachd.stop()
process.exit(0)
