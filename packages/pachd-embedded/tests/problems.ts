/** What a look through a whole data directory finds. */
import { checkDataDirectory } from '../src/index.js'

/** The problems of a data directory that no server has open; none when all that it keeps is whole. */
export async function problemsOf(dataDir: string): Promise<string[]> {
  const problems: string[] = []
  for await (const problem of checkDataDirectory(dataDir)) problems.push(problem)
  return problems
}
