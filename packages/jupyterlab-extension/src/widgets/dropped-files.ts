/** Files and folders that are dropped from the computer onto the panel. */

/** A file with its place below what was dropped: `folder/file`. */
export interface DroppedFile {
  readonly name: string
  readonly content: File
}

/** Whether something is dragged that comes from outside of the page. */
export function hasFiles(transfer: DataTransfer): boolean {
  return transfer.types.includes('Files')
}

/** All files that were dropped, with those in dropped folders. Call it while the drop is handled: the list is emptied afterwards. */
export async function droppedFiles(transfer: DataTransfer): Promise<DroppedFile[]> {
  const found = await Promise.all([...transfer.items].filter(({ kind }) => kind === 'file').map(filesOf))
  return found.flat()
}

function filesOf(item: DataTransferItem): Promise<DroppedFile[]> {
  const entry = item.webkitGetAsEntry()
  if (entry !== null) return filesIn(entry, '')
  // What a program drops is on no disk.
  const content = item.getAsFile()
  return Promise.resolve(content === null ? [] : [{ name: content.name, content }])
}

async function filesIn(entry: FileSystemEntry, parent: string): Promise<DroppedFile[]> {
  const name = `${parent}${entry.name}`
  if (isFile(entry)) return [{ name, content: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)) }]
  if (!isDirectory(entry)) return []
  const reader = entry.createReader()
  const found: DroppedFile[] = []
  for (;;) {
    // A reader gives some entries at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return found
    found.push(...(await Promise.all(some.map(child => filesIn(child, `${name}/`)))).flat())
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}
