import { writeFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { activeContext, connectionFromConfig } from './active-context.js'
import { configPath, readConfigFile, saveContext, updateConfigFile } from './config-file.js'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pach-config-'))
  path = join(folder, 'deep', 'config.json')
})

afterEach(() => rm(folder, { recursive: true, force: true }))

const context = { pachd_address: 'grpc://pach.example:30650', session_token: 'secret' }

test('a missing file reads as undefined, and PACH_CONFIG names its place', async () => {
  expect(await configPath({ PACH_CONFIG: path })).toBe(path)
  expect(await readConfigFile(path)).toBeUndefined()
})

test('saving a context keeps what others wrote and nobody else can read the file', async () => {
  await saveContext(path, 'prod', context, { activate: true })
  const config = JSON.parse(await readFile(path, 'utf8')) as { v2: { contexts: Record<string, object> } }
  await writeFile(path, JSON.stringify({ ...config, future: { setting: 1 }, v2: { ...config.v2, max_shell_completions: '64', contexts: { ...config.v2.contexts, lab: { unknown_key: true } } } }))

  await saveContext(path, 'mount-server', { pachd_address: 'grpc://other:30650' }, { activate: true })

  expect(await readConfigFile(path)).toMatchObject({
    future: { setting: 1 },
    v2: { active_context: 'mount-server', max_shell_completions: '64', contexts: { prod: context, lab: { unknown_key: true }, 'mount-server': { pachd_address: 'grpc://other:30650' } } },
  })
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('what another program writes while the file is changed stays in it', async () => {
  await saveContext(path, 'prod', context, { activate: true })
  let calls = 0

  await updateConfigFile(path, config => {
    if (calls++ === 0) writeFileSync(path, JSON.stringify({ ...config, future: 1 }))
    config.v2 = { ...config.v2, active_context: 'mine' }
  })

  expect(await readConfigFile(path)).toMatchObject({ future: 1, v2: { active_context: 'mine', contexts: { prod: context } } })
})

test('a file that another program writes all the time is left as that program wants it', async () => {
  await saveContext(path, 'prod', context, { activate: true })
  let calls = 0

  await expect(updateConfigFile(path, () => writeFileSync(path, JSON.stringify({ future: calls++ })))).rejects.toThrow('another program writes it all the time')

  expect(await readConfigFile(path)).toEqual({ future: calls - 1 })
})

test('a broken file is an error that names it, and is left as it is', async () => {
  path = join(folder, 'config.json')
  await writeFile(path, '{ "v2": ')

  await expect(saveContext(path, 'prod', context, { activate: true })).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', message: expect.stringContaining(path) as string })
  expect(await readFile(path, 'utf8')).toBe('{ "v2": ')
})

test('camelCase keys are read, names of contexts are kept', async () => {
  path = join(folder, 'config.json')
  await writeFile(path, JSON.stringify({ v2: { activeContext: 'myCluster', contexts: { myCluster: { pachdAddress: 'host', sessionToken: 't' } } } }))

  expect(activeContext(await readConfigFile(path), {})).toEqual({ name: 'myCluster', context: { pachd_address: 'host', session_token: 't' } })
})

test('PACH_CONTEXT chooses, and an unknown name is refused', () => {
  const config = { v2: { active_context: 'a', contexts: { a: {}, b: context } } }

  expect(activeContext(config, { PACH_CONTEXT: 'b' })?.name).toBe('b')
  expect(() => activeContext(config, { PACH_CONTEXT: 'c' })).toThrow('refers to a context ("c") that does not exist')
})

test('PACHD_ADDRESS comes before the context, whose token is still used', async () => {
  const config = { v2: { active_context: 'a', contexts: { a: context } } }

  expect(await connectionFromConfig(config, { PACHD_ADDRESS: 'other:1650' })).toMatchObject({ address: 'other:1650', token: 'secret' })
  expect(await connectionFromConfig(config, {})).toMatchObject({ address: context.pachd_address, token: 'secret', context: 'a' })
  expect(await connectionFromConfig(undefined, {})).toBeUndefined()
})

test('certificates for an address without encryption are refused', async () => {
  const config = { v2: { active_context: 'a', contexts: { a: { ...context, server_cas: 'Zm9v' } } } }

  await expect(connectionFromConfig(config, {})).rejects.toThrow('write grpcs://')
})
