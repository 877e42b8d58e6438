/** `panel.ts PACHD JUPYTER TOKEN`: does the main job there, and exits with 1 when the file does not come through the kernel as it was written. */
import { doMainJob, EXPECTED_TEXT } from './main-job.js'

const [pachdAddress = '', jupyterUrl = '', jupyterToken = ''] = process.argv.slice(2)
const { way, content } = await doMainJob({ pachdAddress, jupyterUrl, jupyterToken })
const isRight = way === 'fuse' && content === EXPECTED_TEXT
console.log(isRight ? 'the repo was mounted in the panel, and its file is as it was written' : `shown by ${way}: ${content}`)
process.exitCode = isRight ? 0 : 1
