/** A process that claims a stage directory, starts a program as the server does, and keeps the directory until it is killed: `claiming-process.ts ROOT IDENTITY`. */
import { spawn } from 'node:child_process'

import { StageDirectory } from '../../src/index.js'

const [, , root = '', identity = ''] = process.argv
const notices: string[] = []
const stage = await StageDirectory.claim(root, identity, { onNotice: sentence => notices.push(sentence) })
// It inherits what is not closed for it, and outlives this process.
const child = spawn('/bin/sleep', ['600'], { stdio: 'ignore', detached: true })
process.stdout.write(`${JSON.stringify({ path: stage.path, notices, pid: process.pid, child: child.pid })}\n`)
setInterval(() => undefined, 1 << 30)
