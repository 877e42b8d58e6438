/** `npm run generate`: drops translations of texts that are gone, and names the texts that have none yet. */
import { catalogueProblems, languages, readCatalogue, writeCatalogue } from './catalogue.js'
import { sourceMessages } from './source-messages.js'

const messages = sourceMessages()
for (const language of languages()) {
  const catalogue = readCatalogue(language)
  writeCatalogue(language, catalogue, messages)
  const problems = catalogueProblems(catalogue, messages)
  for (const problem of problems) process.stderr.write(`${language}: ${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
}
