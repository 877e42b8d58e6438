/// <reference types="node" />
/** The translations that the wheel carries: one JSON file a language, as JupyterLab reads it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Message } from './source-messages.js'

/** Translations by the text of the source: one form, or those that the language has for numbers. The key "" says which language. */
export type Catalogue = Readonly<Record<string, readonly string[] | CatalogueHeader>>

/** What JupyterLab has to know of a catalogue. */
export interface CatalogueHeader {
  readonly domain: string
  readonly language: string
  readonly plural_forms: string
}

const localeFolder = join(import.meta.dirname, '../jupyterlab_pachyderm/locale')

/** The languages that there are, as `de_DE`. */
export function languages(): string[] {
  return readdirSync(localeFolder).sort()
}

/** Throws when there is none. */
export function readCatalogue(language: string): Catalogue {
  return JSON.parse(readFileSync(fileOf(language), 'utf8')) as Catalogue
}

/** Writes what belongs to `messages`, in their order. */
export function writeCatalogue(language: string, catalogue: Catalogue, messages: readonly Message[]): void {
  const kept = messages.flatMap(({ id }): [string, Catalogue[string]][] => (catalogue[id] ? [[id, catalogue[id]]] : []))
  writeFileSync(fileOf(language), `${JSON.stringify({ '': catalogue[''], ...Object.fromEntries(kept) }, undefined, 2)}\n`)
}

/** What is wrong with a catalogue, one sentence each: texts without a translation, and translations that lack a form or a value. */
export function catalogueProblems(catalogue: Catalogue, messages: readonly Message[]): string[] {
  const header = catalogue[''] as CatalogueHeader
  const numberForms = Number(/nplurals=(\d)/.exec(header.plural_forms)?.[1])
  return messages.flatMap(({ id, plural, place }) => {
    const forms = catalogue[id]
    if (!Array.isArray(forms)) return [`${place}: ${JSON.stringify(id)} is not translated`]
    if (forms.length !== (plural === undefined ? 1 : numberForms)) return [`${place}: ${JSON.stringify(id)} has ${forms.length} forms`]
    // "One file" may leave out the number that "3 files" has.
    const values = new Set([valuesOf(id), valuesOf(plural ?? id)])
    return (forms as readonly string[]).filter(form => form === '' || !values.has(valuesOf(form))).map(form => `${place}: ${JSON.stringify(id)} is ${JSON.stringify(form)}, which has not the same values`)
  })
}

/** Translations whose text is nowhere in the source. */
export function unusedTranslations(catalogue: Catalogue, messages: readonly Message[]): string[] {
  const used = new Set(['', ...messages.map(({ id }) => id)])
  return Object.keys(catalogue).filter(id => !used.has(id))
}

function valuesOf(text: string): string {
  return [...new Set(text.match(/%\d/g))].sort().join(' ')
}

function fileOf(language: string): string {
  return join(localeFolder, language, 'LC_MESSAGES/jupyterlab_pachyderm.json')
}
