/** What it costs to compare small files with pachd's hash: `npx tsx -C @jupyterlab-pachyderm/source tools/bench/content-hash.ts`. */
import { contentHash } from '../../packages/mount-fs/src/reading/content-hash.js'

const MIB = 1024 * 1024
const TOTAL_BYTES = 64 * MIB

for (const sizeBytes of [1024, 4096, 65_536, 524_288]) {
  const content = Buffer.alloc(sizeBytes, 'content')
  const files = TOTAL_BYTES / sizeBytes
  const hashAll = () => {
    const start = performance.now()
    for (let file = 0; file < files; file++) contentHash(content)
    return performance.now() - start
  }
  hashAll()
  const ms = Math.min(hashAll(), hashAll(), hashAll())
  console.log(`files of ${String(sizeBytes).padStart(6)} bytes: ${((ms / TOTAL_BYTES) * MIB).toFixed(2)} ms a MiB, ${((ms / files) * 1000).toFixed(1)} µs a file`)
}
