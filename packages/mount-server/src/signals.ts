/**
 * The signals of the process.
 *
 * A closed terminal (SIGHUP) and Ctrl-\\ (SIGQUIT) end the server as SIGTERM does: it commits or keeps the changes,
 * unmounts, and exits with 0. `nohup` asks to ignore SIGHUP by setting it so before the program starts. Node.js resets
 * that before any of our code runs, so the launcher `bin/mount-server`, a shell script, looks and passes it on.
 */

/** Makes the server read its config file again. */
export const RELOAD_SIGNAL = 'SIGUSR2'

/** The signals that end the server. Node.js ends at once by those that are missing, unless something listens. */
export function stopSignals(env: Readonly<Record<string, string | undefined>>): NodeJS.Signals[] {
  if (env['MOUNT_SERVER_NOHUP'] !== 'true') return ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP']
  process.on('SIGHUP', () => undefined)
  return ['SIGINT', 'SIGTERM', 'SIGQUIT']
}
