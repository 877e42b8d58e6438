/** What caches names of the root directory outside of this process. */

/** Something that caches names, such as the kernel, and can be told to forget one of the root directory. */
export interface NameCache {
  forget(name: string): Promise<void>
  /**
   * Makes what it knows of one name of the root directory the knowledge of another. Calls `moved` in the moment from
   * which on it asks anew for the first name; resolves to false when it could not, and `moved` was not called.
   */
  move(name: string, to: string, moved: () => void): Promise<boolean>
}
