import { useEffect, useEffectEvent } from 'react'
import type { Command } from './commands.ts'
import { actionOf, isMove, type KeyAction, type Move } from './key-bindings.ts'

/** Where keys have a meaning of their own. */
const ownKeys = 'dialog, [role=dialog], input:not([type=radio]), select, textarea, [contenteditable]'
/** Where arrows have: from one radio button to the next. */
const ownArrows = `${ownKeys}, [type=radio]`
/** Where Enter has. */
const ownEnter = `${ownArrows}, button, a, summary`

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
