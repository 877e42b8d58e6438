/** Which version of its content a file of a working copy has, so that a reader of several parts knows that they belong together. */
import { randomUUID } from 'node:crypto'

import type { FileNode } from './working-node.js'

/** Versions count within one process; after a restart none of them is met again. */
const processId = randomUUID()
const versions = new WeakMap<FileNode, number>()
let last = 0

/** Another text after each change of the content, and for each other file. */
export function contentVersion(node: FileNode): string {
  let version = versions.get(node)
  if (version === undefined) {
    version = ++last
    versions.set(node, version)
  }
  return `${processId}.${version}`
}

/** Call it after each change of the content. */
export function contentChanged(node: FileNode): void {
  versions.delete(node)
}
