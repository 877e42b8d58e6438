/** `npm start`: from a fresh clone to versioned data in a notebook. */
import { help, readOptions } from './demo/options.mjs'
import { runTool } from './setup/report.mjs'
import { prepareWorkspace } from './setup/workspace.mjs'

await runTool(async () => {
  const options = readOptions(process.argv.slice(2), process.env)
  if (options.help) {
    process.stdout.write(help)
    return 0
  }
  await prepareWorkspace({ tests: false })
  const { register } = await import('tsx/esm/api')
  register()
  const { runDemo } = await import('./demo/main.ts')
  return runDemo(options)
})
