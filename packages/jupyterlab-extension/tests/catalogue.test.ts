import { describe, expect, test } from 'vitest'

import { catalogueProblems, languages, readCatalogue, unusedTranslations, type Catalogue } from '../translation/catalogue.js'
import { messagesOf, sourceMessages } from '../translation/source-messages.js'

describe('the texts of the source', () => {
  test('are found wherever they go through the translator, with their plural', () => {
    const text = `const a = trans.__('one'); const b = <p title={this.trans._n('%1 file', "%1 files", count)}>{props.trans.__(\`two\`, trans.__('three'))}</p>`

    expect(messagesOf('a.tsx', text)).toEqual([
      { id: 'one', place: 'a.tsx:1' },
      { id: '%1 file', plural: '%1 files', place: 'a.tsx:1' },
      { id: 'two', place: 'a.tsx:1' },
      { id: 'three', place: 'a.tsx:1' },
    ])
  })

  test.each(['trans.__(label)', 'trans.__(`${count} files`)', "trans.__('a' + b)"])('%s can be translated by nobody', text => {
    expect(() => messagesOf('a.ts', text)).toThrow('a.ts:1')
  })
})

describe('a catalogue', () => {
  const header = { domain: 'd', language: 'de-DE', plural_forms: 'nplurals=2; plural=(n != 1);' }
  const problems = (translations: Catalogue, text: string) => catalogueProblems({ '': header, ...translations }, messagesOf('a.ts', text))

  test.each<[string, Catalogue, string]>([
    ['is not translated', {}, "trans.__('a')"],
    ['has 1 forms', { a: ['x'] }, "trans._n('a', 'b', n)"],
    ['has not the same values', { 'a %1': ['x'] }, "trans.__('a %1', b)"],
    ['has not the same values', { a: [''] }, "trans.__('a')"],
  ])('is told when a text %s', (what, translations, text) => {
    expect(problems(translations, text)).toEqual([expect.stringContaining(what)])
  })

  test('with everything in it has no problems', () => {
    expect(problems({ a: ['x'], '%1 b': ['%1 y', '%1 ys'] }, "trans.__('a'); trans._n('%1 b', '%1 bs', n)")).toEqual([])
  })
})

describe.each(languages())('the catalogue %s', language => {
  const catalogue = readCatalogue(language)
  const messages = sourceMessages()

  test('has a translation of every text of the panel', () => {
    expect(catalogueProblems(catalogue, messages)).toEqual([])
  })

  test('has none of texts that are gone', () => {
    expect(unusedTranslations(catalogue, messages)).toEqual([])
  })
})
