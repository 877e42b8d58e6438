import { createServer } from 'node:net'

import { expect, test } from 'vitest'

import { freePort, requireFreePort } from './ports.js'

test('a taken port is named together with the option that changes it', async () => {
  const port = await freePort()
  const server = createServer()
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))

  await expect(requireFreePort(port, 'JupyterLab', '--port')).rejects.toThrow(`Port ${port} for JupyterLab is taken by another program. Stop that program, or choose another port: npm start -- --port ${port + 1}`)

  await new Promise(resolve => server.close(resolve))
  await expect(requireFreePort(port, 'JupyterLab', '--port')).resolves.toBeUndefined()
})
