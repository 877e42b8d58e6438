import { describe, expect, test } from 'vitest'

import { Glob } from './glob.js'

const matching = (pattern: string, ...paths: string[]) => paths.filter(path => new Glob(pattern).matches(path))

describe('Glob', () => {
  test('a star stays within one part of a path, two stars do not', () => {
    expect(matching('/*', '/a', '/a/b', '/')).toEqual(['/a', '/'])
    expect(matching('/**.txt', '/a.txt', '/d/e.txt', '/a.bin')).toEqual(['/a.txt', '/d/e.txt'])
  })

  test('braces are alternatives, also empty ones and with slashes', () => {
    expect(matching('/foo1{,0}', '/foo1', '/foo10', '/foo11')).toEqual(['/foo1', '/foo10'])
    expect(matching('/{dir/c,a}.txt', '/a.txt', '/dir/c.txt', '/c.txt')).toEqual(['/a.txt', '/dir/c.txt'])
  })

  test('classes take ranges, negation and POSIX names', () => {
    expect(matching('/[a-c].txt', '/a.txt', '/d.txt')).toEqual(['/a.txt'])
    expect(matching('/[!a].txt', '/a.txt', '/b.txt')).toEqual(['/b.txt'])
    expect(matching('/f[[:digit:]]', '/f1', '/fx')).toEqual(['/f1'])
  })

  test('groups repeat as their quantifier says', () => {
    expect(matching('/fo+(o)1', '/fo1', '/foo1', '/fooo1')).toEqual(['/foo1', '/fooo1'])
    expect(matching('/fo*(o)1', '/fo1', '/foo1')).toEqual(['/fo1', '/foo1'])
    expect(matching('/foo?(1)0', '/foo0', '/foo10', '/foo110')).toEqual(['/foo0', '/foo10'])
    expect(matching('/*(*(a)*(b))', '/', '/abab', '/c')).toEqual(['/', '/abab'])
  })

  test('a negation keeps out what it names, up to the end when nothing follows', () => {
    expect(matching('/!(a.txt)', '/a.txt', '/a.txt.gz', '/b')).toEqual(['/a.txt.gz', '/b'])
    expect(matching('/!(foo)*', '/foo', '/foobar', '/bar')).toEqual(['/bar'])
  })

  test('groups are put into templates', () => {
    const glob = new Glob('/(*)-(*).txt')
    expect(glob.replace('/a-b.txt', '$2/${1}')).toBe('b/a')
    expect(glob.replace('/a-b.txt', '$0 costs $$5')).toBe('/a-b.txt costs $5')
    expect(glob.replace('/nothing', '$1')).toBe('')
  })

  test.each(['/[', '/a[', '/^(a)', '/[[:nope:]]'])('%s is refused', pattern => {
    expect(() => new Glob(pattern)).toThrow()
  })

  test('a negation within a negation is what is left', () => {
    expect(matching('/!(!(a))', '/a', '/b')).toEqual(['/a'])
    expect(matching('/!(*!(c))', '/abc', '/x')).toEqual([])
  })

  // Any of these is done at once, or never: the time limit of the test is the assertion.
  test.each([
    ['stars', `/${'*a'.repeat(500)}*b`],
    ['groups that repeat', '/+(+(+(a)))b'],
    ['groups that repeat, as deep as they go', `/${'+('.repeat(60)}a${')'.repeat(60)}b`],
    ['groups that may be empty, as deep as they go', `/${'*('.repeat(60)}a${')'.repeat(60)}b`],
    ['alternatives, as deep as they go', `/${'{a,'.repeat(60)}a${'}'.repeat(60)}b`],
    ['alternatives side by side', `/${'{a,aa,aaa}'.repeat(300)}b`],
    ['negations, as deep as they go', `/${'**!('.repeat(60)}b${')'.repeat(60)}b`],
    ['negations side by side', `/${'**!(b)'.repeat(200)}b`],
    ['slashes and double stars', `/${'**/'.repeat(500)}b`],
  ])('a pattern of %s does not keep the matcher busy', (_, pattern) => {
    const glob = new Glob(pattern)

    expect(glob.matches(`/${'a'.repeat(1000)}`)).toBe(false)
    expect(glob.matches(`/${'a/'.repeat(500)}`)).toBe(false)
  })

  test('a pattern that nests too deeply is refused instead of overflowing', () => {
    expect(() => new Glob(`/${'('.repeat(2000)}`)).toThrow('nests')
  })
})
