/** The names of datum inputs by the rules of the original 2.9, which are those of pipelines. */
import { children, type DatumInput, type InputNaming } from '../datum-input.js'
import { MountError } from '../errors.js'

/** Names of other things in the directory of a pipeline's inputs. */
const TAKEN = ['out', '.env']

/** An input is named after its repo, and no two have one name but the parts of a union among themselves. */
export const naming29: InputNaming = {
  usual: ({ repo }) => {
    if (repo === 'out') throw new MountError('BAD_REQUEST', "name must be specified for repo 'out'")
    return repo
  },
  check: input => void namesOf(input),
}

function namesOf(input: DatumInput): Set<string> {
  if ('pfs' in input) {
    const { name } = input.pfs
    if (TAKEN.includes(name)) throw new MountError('BAD_REQUEST', `input cannot be named ${name}; give it another "name"`)
    return new Set([name])
  }
  const names = new Set<string>()
  for (const child of children(input)) {
    for (const name of namesOf(child)) {
      if (names.has(name) && !('union' in input)) throw new MountError('BAD_REQUEST', `name "${name}" was used more than once; give each input its own "name"`)
      names.add(name)
    }
  }
  return names
}
