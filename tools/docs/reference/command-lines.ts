/** The options and commands of our programs, as tables. */
import type { Command, Option } from 'commander'

import { describeCommandLine, variableOf } from '../../../packages/mount-server/src/cli.js'
import { exitCodeHelp } from '../../../packages/mount-server/src/commands/client-command.js'
import { createCommand } from '../../../packages/pachd-embedded/src/cli.js'
import { cell, table } from './table.js'

/** What mount-server can be told when it starts. */
export function mountServerOptions(): string {
  const options = describeCommandLine().options.filter(({ long }) => long !== '--version')
  return optionTable(options, option => variableOf(option) + (option.negate ? '=false' : ''))
}

/** What can be asked of a running mount-server, and of the machine. */
export function mountServerCommands(): string {
  return table(
    ['command', 'what it does', 'options'],
    describeCommandLine().commands.map(command => [
      `\`${[command.name(), ...command.registeredArguments.map(argument => (argument.required ? `<${argument.name()}>` : `[${argument.name()}${argument.variadic ? '...' : ''}]`))].join(' ')}\``,
      cell(command.description()),
      command.options.filter(({ long }) => long !== '--json').map(({ flags, description }) => `\`${flags}\` ${cell(description)}`).join('; '),
    ]),
  )
}

/** How mount-server ends, for scripts. */
export function mountServerExitCodes(): string {
  return exitCodeHelp.trim()
}

/** What pachd-embedded can be told. */
export function pachdEmbeddedOptions(): string {
  const program: Command = createCommand(() => undefined)
  return optionTable(program.options.filter(({ long }) => long !== '--version'), option => option.envVar ?? '')
}

function optionTable(options: readonly Option[], variable: (option: Option) => string): string {
  return table(
    ['option', 'environment', 'default', 'what it says'],
    options.map(option => [`\`${option.flags}\``, `\`${variable(option)}\``, defaultOf(option), cell(textOf(option))]),
  )
}

function defaultOf({ negate, defaultValue, defaultValueDescription, description }: Option): string {
  if (negate) return 'on'
  const told = /\(default: (.*)\)$/.exec(description)?.[1]
  if (told !== undefined) return cell(told)
  return defaultValue === undefined ? '' : `\`${defaultValueDescription ?? String(defaultValue)}\``
}

function textOf({ description, argChoices }: Option): string {
  const text = description.replace(/ \(default: .*\)$/, '')
  return argChoices ? `${text}: ${argChoices.map(choice => `\`${choice}\``).join(', ')}` : text
}
