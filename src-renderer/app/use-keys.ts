import { useEffect, useEffectEvent } from 'react'
import type { ChartModel } from '../chart/chart-model.ts'
import { binSpan } from '../chart/bin-words.ts'
import type { Command } from './commands.ts'
import { actionOf, type KeyAction } from './key-bindings.ts'
import { useWorkbench } from './workbench.ts'

/** Where keys have a meaning of their own. */
const ownKeys = 'dialog, [role=dialog], input, select, textarea, [contenteditable]'
/** Where Enter has. */
const ownEnter = `${ownKeys}, button, a, summary`

/** Makes the window's keys work, wherever the focus is that has no use of its own for them. */
export function useKeys(commands: readonly Command[], model: ChartModel | null): void {
  const { dashboard, view } = useWorkbench()

  function step(by: -1 | 1): void {
    if (model === null || model.slots === 0) return
    const last = model.slots - 1
    view.set((state) => {
      const from = state.cursor?.slot ?? (by === 1 ? -1 : model.slots)
      return { ...state, cursor: { slot: Math.min(last, Math.max(0, from + by)), byKey: true } }
    })
  }

  function open(): void {
    const slot = view.get().cursor?.slot
    const bin = slot === undefined || model?.view === 'distribution' ? undefined : model?.bins[slot]
    if (bin) dashboard.open(binSpan(bin))
  }

  function back(): void {
    if (dashboard.store.get().opened) dashboard.open(null)
    else view.set((state) => ({ ...state, cursor: null }))
  }

  function act(action: KeyAction): void {
    if (action === 'bar-previous') step(-1)
    else if (action === 'bar-next') step(1)
    else if (action === 'bar-open') open()
    else if (action === 'back') back()
    else commands.find((command) => command.id === action && command.enabled)?.run()
  }

  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    const action = event.defaultPrevented ? null : actionOf(event)
    if (action === null) return
    const target = event.target instanceof Element ? event.target : null
    // A field's own keys are its own; the command list opens from anywhere.
    if (action !== 'commands' && target?.closest(action === 'bar-open' ? ownEnter : ownKeys)) return
    event.preventDefault()
    act(action)
  })
  useEffect(() => {
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [])
}
