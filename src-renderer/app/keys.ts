import { useEffect, useEffectEvent } from 'react'
import type { Command, CommandId } from './commands.ts'

/** A step along the bars, listing the chosen bar's tickets, or letting go of it; on another page, the way back. */
export type Move = 'bar-previous' | 'bar-next' | 'bar-open' | 'back'

type KeyAction = CommandId | Move

export interface KeyPress {
  readonly key: string
  readonly shiftKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
}

/** The key that opens the command list together with K, as this machine's keyboard names it. */
export const commandKey: string = navigator.userAgent.includes('Mac') ? '⌘' : 'Ctrl'

/** Where keys have a meaning of their own. */
const ownKeys = 'dialog, [role=dialog], input:not([type=radio]), select, textarea, [contenteditable]'

/** Where arrows have: from one radio button to the next. */
const ownArrows = `${ownKeys}, [type=radio]`

/** Where Enter has. */
const ownEnter = `${ownArrows}, button, a, summary`

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

function isMove(action: KeyAction): action is Move {
  return action === 'back' || action.startsWith('bar-')
}

/** The action of a key that was pressed outside any field, or null. Keys with Ctrl, ⌘ or Alt are the system's, save K. */
export function actionOf(press: KeyPress): KeyAction | null {
  const key = press.key.toLowerCase()
  if (press.altKey) return null
  if (press.ctrlKey || press.metaKey) return key === 'k' && !press.shiftKey ? 'commands' : null
  return (press.shiftKey ? shifted : plain)[key] ?? null
}

function ownedBy(action: KeyAction): string {
  if (action === 'bar-open') return ownEnter
  return isMove(action) && action !== 'back' ? ownArrows : ownKeys
}

/**
 * Makes the window's keys work, wherever the focus is that has no use of its own for them. `onMove` is what moving
 * means on the page that is shown.
 */
export function useKeys(commands: readonly Command[], onMove: (move: Move) => void): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    const action = event.defaultPrevented ? null : actionOf(event)
    if (action === null) return
    const target = event.target instanceof Element ? event.target : null
    // A field's own keys are its own; the command list opens from anywhere.
    if (action !== 'commands' && target?.closest(ownedBy(action))) return
    event.preventDefault()
    if (isMove(action)) onMove(action)
    else commands.find((command) => command.id === action && command.enabled)?.run()
  })
  useEffect(() => {
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [])
}
