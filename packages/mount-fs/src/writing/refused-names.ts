/** The rule of pachd's names: printable ASCII without the characters of patterns. */

/** Why pachd will not take a path; undefined when it will. */
export function refusalOf(path: string): string | undefined {
  const [character] = /[*?[\]{}!()@+^]|[^ -~]/u.exec(path) ?? []
  return character === undefined ? undefined : `pachd allows no ${JSON.stringify(character)} in names; rename it`
}
