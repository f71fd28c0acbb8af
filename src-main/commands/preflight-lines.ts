import type { Step } from '../steps.ts'

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

/** A step as one line, and what to do about it as another below it. */
export function stepText({ id, state, message, hint }: Step<string>): string {
  const name = NAMES[id] ?? id.replaceAll('-', ' ')
  const line = `${STATES[state].padEnd(9)}  ${name.padEnd(11)}  ${message}`.trimEnd()
  return hint === '' ? line : `${line}\n${' '.repeat(24)}${hint}`
}

/**
 * Tells each step of a check as it ends. A step that comes out as it did before is not told again, so that a second
 * check shows only what is new.
 */
export function createStepChanges<Id extends string>(
  tell: (step: Step<Id>) => void,
): (check: { readonly steps: readonly Step<Id>[] }) => void {
  const told = new Map<string, string>()
  return ({ steps }) => {
    for (const step of steps) {
      if (step.state === 'waiting' || step.state === 'running') continue
      const text = stepText(step)
      if (told.get(step.id) === text) continue
      told.set(step.id, text)
      tell(step)
    }
  }
}
