/** `npm run build`: builds every package; the panel needs JupyterLab's builder, which is installed into .venv first. */
import { runTool } from './setup/report.mjs'
import { findPython } from './setup/system-packages.mjs'
import { buildWorkspace } from './setup/workspace.mjs'

await runTool(() => buildWorkspace(findPython()))
