/** Files and directories of the mounts that get another path. */
import { routes } from '@jupyterlab-pachyderm/mount-api'
import type { FileSystem } from '@jupyterlab-pachyderm/mount-fs'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'

import { MountError } from '../errors.js'
import { pathInMount } from '../files/request-path.js'
import { on } from '../on.js'

/** PUT /mounts/:name/_rename. */
export function renameRoutes(fileSystem: FileSystem): FastifyPluginCallbackTypebox {
  return (api, _options, done) => {
    api.route({
      ...on(routes.renameFile),
      handler: async ({ params: { name }, body: { from, to, replace = false } }) => {
        if (!fileSystem.mounts.lookUp(name)) throw new MountError('NOT_MOUNTED', `nothing is mounted at '${name}'`)
        const path = pathInMount(name, to)
        try {
          await fileSystem.rename(pathInMount(name, from), path, { replace })
        } finally {
          await fileSystem.forgetName(name)
        }
        const { kind, sizeBytes } = await fileSystem.stat(path)
        return kind === 'directory' ? { path, kind, size_bytes: 0 } : { path, kind: 'file' as const, size_bytes: sizeBytes }
      },
    })
    done()
  }
}
