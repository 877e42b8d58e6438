/** docs/newcomers-walk.md, as it is written after a walk. */
import { type Act, clicksOf, type Step } from '../../packages/jupyterlab-extension/ui-tests/walk.js'
import { type JourneyName, original } from './original.js'

/** A line that is typed in a terminal. */
export interface Command {
  readonly line: string
  readonly durationMs: number
}

/** What was walked. */
export interface Walked {
  /** A sentence about it, and about the programs. */
  readonly machine: string
  readonly commands: readonly Command[]
  /** From the page of JupyterLab to the plot, with a config file there. */
  readonly toPlot: readonly Step[]
  /** From the page of JupyterLab to the mount, without one. */
  readonly unconfigured: readonly Step[]
  /** What comes after the plot. */
  readonly further: readonly Step[]
  /** What is done for what the original is compared with. */
  readonly compared: Readonly<Record<JourneyName, readonly Act[]>>
}

/** The whole page. */
export function pageText({ machine, commands, toPlot, unconfigured, further, compared }: Walked): string {
  const seconds = (sum(commands) + sum(toPlot)) / 1000
  return `# A newcomer's walk

From \`pip install\` to a plotted data frame in **${seconds.toFixed(0)} seconds**, with **${clicksOf(...toPlot)} clicks** in the browser. A program walked it, in an empty
Python environment and an empty home, without Node.js on the \`PATH\`, on a real JupyterLab in Chromium, against the embedded pachd:
\`npx tsx -C @jupyterlab-pachyderm/source tools/walk/run.ts\` builds the wheel, does it again and writes this page; with \`SCREENSHOTS=folder\` it takes
a picture of each step. The program neither reads nor looks around, so people need longer.

Data appears in \`~/pfs\`. Each press of a mouse button counts, also the one that puts the cursor into a field, and a double click counts twice. A step ends when what it is
for is in sight. ${machine}

## From nothing to a plot

pachctl's config file is there, and names the cluster.

| step | what one does | clicks | seconds |
|---|---|---|---|
${commands.map(({ line, durationMs }) => `| in a terminal | type \`${line}\` | | ${secondsText(durationMs)} |`).join('\n')}
${rows(toPlot)}

## Without a config file

| step | what one does | clicks | seconds |
|---|---|---|---|
${rows(unconfigured)}

## What else people come for

In the same JupyterLab, one after the other.

| step | what one does | clicks | seconds |
|---|---|---|---|
${rows(further)}

## Beside the original

From the panel and an open notebook. The clicks of the original are counted in the same way, off the sources of its panel; no program walked it. Up to 2.8
it mounts, and mount-server has to be downloaded and put on the \`PATH\` before; since 2.9 it shows files in the panel only, and notebooks read copies.

| journey | here | original 2.8 | original 2.12 |
|---|---|---|---|
${(Object.keys(original) as JourneyName[]).map(name => `| ${original[name].inSight} | **${clicksOf({ acts: compared[name] })}** | ${original[name].with28} | ${original[name].with212} |`).join('\n')}

A repo that is in sight is mounted with one click here, too: the other one is for the search. Of the clicks to publish, one is for the preview, which the
original shows always.

The clicks in the panel are what \`packages/jupyterlab-extension/ui-tests/journeys.test.ts\` asserts in each run of the tests; times are never asserted.
`
}

function rows(steps: readonly Step[]): string {
  return steps.map(step => `| ${step.title} | ${step.acts.map(({ text }) => text).join('; ') || 'wait'} | ${clicksOf(step)} | ${secondsText(step.durationMs)} |`).join('\n')
}

function sum(parts: readonly { readonly durationMs: number }[]): number {
  return parts.reduce((total, { durationMs }) => total + durationMs, 0)
}

function secondsText(durationMs: number): string {
  return (durationMs / 1000).toFixed(1)
}
