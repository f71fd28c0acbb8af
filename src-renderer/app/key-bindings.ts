import type { CommandId } from './commands.ts'

/** A step along the bars, listing the chosen bar's tickets, or letting go of it; on another page, the way back. */
export type Move = 'bar-previous' | 'bar-next' | 'bar-open' | 'back'

/** What a key does. */
export type KeyAction = CommandId | Move

export interface KeyPress {
  readonly key: string
  readonly shiftKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
}

const plain: Record<string, KeyAction> = {
  '1': 'view-bar',
  '2': 'view-histogram',
  '3': 'view-distribution',
  arrowleft: 'bar-previous',
  arrowright: 'bar-next',
  enter: 'bar-open',
  escape: 'back',
  n: 'hour-now',
  r: 'run-start',
  f: 'fetch',
  t: 'table',
  d: 'theme-toggle',
  ',': 'settings',
  '?': 'keys',
}

const shifted: Record<string, KeyAction> = {
  arrowleft: 'hour-previous',
  arrowright: 'hour-next',
  r: 'runs',
  '?': 'keys',
}

export function isMove(action: KeyAction): action is Move {
  return action === 'back' || action.startsWith('bar-')
}

/** The action of a key that was pressed outside any field, or null. Keys with Ctrl, ⌘ or Alt are the system's, save K. */
export function actionOf(press: KeyPress): KeyAction | null {
  const key = press.key.toLowerCase()
  if (press.altKey) return null
  if (press.ctrlKey || press.metaKey) return key === 'k' && !press.shiftKey ? 'commands' : null
  return (press.shiftKey ? shifted : plain)[key] ?? null
}
