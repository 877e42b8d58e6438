/// <reference types="node" />
/** The texts of the panel as its source has them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import ts from 'typescript'

/** One text; `plural` where it depends on a number. `place` is `file:line`. */
export interface Message {
  readonly id: string
  readonly plural?: string
  readonly place: string
}

const sourceFolder = join(import.meta.dirname, '../src')

/** All texts that go through `trans`, each once, in the order of their characters. Throws for one that is no literal. */
export function sourceMessages(): Message[] {
  const found = new Map<string, Message>()
  const files = readdirSync(sourceFolder, { recursive: true, encoding: 'utf8' }).filter(file => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
  for (const file of files.sort()) {
    for (const message of messagesOf(file, readFileSync(join(sourceFolder, file), 'utf8'))) found.set(message.id, message)
  }
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** The texts of one file, in their order. */
export function messagesOf(file: string, text: string): Message[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const messages: Message[] = []
  const visit = (node: ts.Node): void => {
    // trans.__, this.trans._n, props.trans.__
    const callee = ts.isCallExpression(node) ? /\btrans\.(__|_n)$/.exec(node.expression.getText()) : null
    if (ts.isCallExpression(node) && callee) {
      const place = `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`
      const [id, plural] = node.arguments.slice(0, callee[1] === '_n' ? 2 : 1).map(argument => literal(argument, place))
      if (id === undefined) throw new Error(`${place}: no text is given to the translator`)
      messages.push(plural === undefined ? { id, place } : { id, plural, place })
    }
    node.forEachChild(visit)
  }
  visit(source)
  return messages
}

function literal(argument: ts.Expression, place: string): string {
  if (ts.isStringLiteralLike(argument)) return argument.text
  throw new Error(`${place}: ${argument.getText()} is no literal, so nobody can translate it`)
}
