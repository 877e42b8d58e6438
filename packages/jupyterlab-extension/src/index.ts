/** The plugins of the extension. */
import { fileCommands } from './plugins/file-commands.js'
import { mountDrive } from './plugins/mount-drive.js'
import { mountModel } from './plugins/mount-model.js'
import { mountPanel } from './plugins/mount-panel.js'

export default [mountModel, mountDrive, fileCommands, mountPanel]
