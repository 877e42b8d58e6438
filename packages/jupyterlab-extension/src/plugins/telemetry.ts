/** The plugin that the original sent clicks with. */
import type { JupyterFrontEndPlugin } from '@jupyterlab/application'

/** Sends nothing and never starts: administrators have its id in their settings. */
export const telemetry: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:telemetry',
  description: 'Nothing is measured, and nothing is sent.',
  autoStart: false,
  activate: () => undefined,
}
