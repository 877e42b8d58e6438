import { expect, test } from 'vitest'

import { datumId } from './datum-id.js'

test.each([
  ['cef4a52be60465b328ea783037b6c46531ad7cc9f4e190f9c0e548f473cd1fd1', [['images', 'images', 'master', '/liberty.jpg']]],
  ['c804a9088f8d3cad3ece4912604592504de26db75ed9a72db3dbefe383897904', [['in', 'r', 'master', '/d/']]],
  ['297edb9d74cd6ee3d2d5abc3bcaad2ade2c05bc36890b30b2678bd9ea8573613', [['a', 'a', 'master', '/x'], ['b', 'b', 'master', '/']]],
] as const)('%s is the id that pachd gives %j', (id, inputs) => {
  expect(datumId(inputs.map(([name, repo, branch, path]) => ({ name, repo, branch, path })))).toBe(id)
})
