/** The plugins of the extension. */
import { branchCommands } from './plugins/branch-commands.js'
import { codeCommands } from './plugins/code-commands.js'
import { fileCommands } from './plugins/file-commands.js'
import { help } from './plugins/help.js'
import { keepDatums } from './plugins/keep-datums.js'
import { mountCommands } from './plugins/mount-commands.js'
import { mountDrive } from './plugins/mount-drive.js'
import { mountModel } from './plugins/mount-model.js'
import { mountPanel } from './plugins/mount-panel.js'
import { palette } from './plugins/palette.js'
import { publishNotebook } from './plugins/publish.js'
import { restoreFiles } from './plugins/restore-files.js'
import { serverLog } from './plugins/server-log.js'
import { sessionCommands } from './plugins/session-commands.js'
import { statusItem } from './plugins/status-item.js'

export default [mountModel, mountDrive, fileCommands, codeCommands, mountCommands, branchCommands, sessionCommands, serverLog, mountPanel, publishNotebook, palette, statusItem, restoreFiles, keepDatums, help]
