import { wrapText } from '../../print/text-width.ts'
import type { Step } from '../../runtime/steps.ts'
import { say, type CliIo } from './io.ts'

const NAMES: Readonly<Record<string, string>> = {
  'issue-type': 'ticket type',
  create: 'creating',
  delete: 'deleting',
}

const STATES: Readonly<Record<Step<string>['state'], string>> = {
  waiting: 'waiting',
  running: 'running',
  ok: 'ok',
  warning: 'warning',
  failed: 'FAILED',
  'not-tried': 'not tried',
}

/** Columns that stand before a step's message. */
const HEAD = 24
/** With fewer the message gets lines of its own. */
const MIN_COLUMNS_FOR_TWO = 60

/**
 * A step as one line, and what to do about it as another below it; on a terminal both wrapped at words. `columns`: null
 * where the width does not matter.
 */
export function stepText({ id, state, message, hint }: Step<string>, columns: number | null = null): string {
  const width = columns ?? Infinity
  const name = NAMES[id] ?? id.replaceAll('-', ' ')
  const head = `${STATES[state].padEnd(9)}  ${name.padEnd(11)}  `
  const indent = ' '.repeat(width < MIN_COLUMNS_FOR_TWO ? 2 : HEAD)
  const texts = [message, hint].filter((text) => text !== '')
  const below = texts.flatMap((text) => wrapText(`${indent}${text}`, width))
  const [first = '', ...others] = below
  const lines =
    width < MIN_COLUMNS_FOR_TWO
      ? [head.trimEnd(), ...below]
      : [`${head}${first.slice(HEAD)}`.trimEnd(), ...others]
  return lines.join('\n')
}

/** Says a step on stderr. */
export function sayStep(io: CliIo, step: Step<string>): void {
  say(io, stepText(step, io.isTTY ? io.columns - 1 : null))
}

/**
 * Gives each step of a check as it ends. A step that comes out as it did before is not said again, so that a second
 * check shows only what is new.
 */
export function createStepChanges<Id extends string>(
  onStep: (step: Step<Id>) => void,
): (check: { readonly steps: readonly Step<Id>[] }) => void {
  const said = new Map<string, string>()
  return ({ steps }) => {
    for (const step of steps) {
      if (step.state === 'waiting' || step.state === 'running') continue
      const text = stepText(step)
      if (said.get(step.id) === text) continue
      said.set(step.id, text)
      onStep(step)
    }
  }
}
