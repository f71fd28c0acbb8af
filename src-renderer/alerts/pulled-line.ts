import { useEffect, useEffectEvent, useState } from 'react'
import { errorText, toWireError } from '../../src-shared/errors/app-error.ts'
import { useDashboard, useWorkbench } from '../app/workbench.ts'
import type { DrawnChart } from '../chart/chart-marks.tsx'
import { keyedTo, movedRule, pulledTo, type FixedRule } from './rule-line.ts'

/** Where a line is held: by the pointer, which took it at `origin`, or by the keys (null). */
interface Held {
  readonly tickets: number
  readonly press: { readonly pointerId: number; readonly startY: number; readonly origin: number } | null
}

/** The number at which a line stands, also while it is pulled; and what pulls it. */
export function usePulled({ model, size }: DrawnChart, rule: FixedRule) {
  const { stands, isSaving, failure, save, forget } = useSavedRule(rule)
  const [held, setHeld] = useState<Held | null>(null)
  const isHeld = held !== null
  useEscape(isHeld, () => setHeld(null))

  function letGo(tickets: number): void {
    setHeld(null)
    forget()
    if (tickets !== stands) void save(tickets)
  }

  function pressKey(event: React.KeyboardEvent): void {
    const { key, altKey, ctrlKey, metaKey } = event
    if (altKey || ctrlKey || metaKey) return
    const tickets = keyedTo(held?.tickets ?? stands, key)
    const commits = key === 'Enter' && held !== null
    if (tickets === null && !commits) return
    event.preventDefault()
    if (tickets === null) letGo(held?.tickets ?? stands)
    else if (!isSaving) setHeld({ tickets, press: null })
  }

  const pointer = {
    onPointerDown(this: void, event: React.PointerEvent): void {
      if (!event.isPrimary || event.button !== 0 || isSaving) return
      event.preventDefault()
      event.currentTarget.setPointerCapture(event.pointerId)
      const { pointerId, clientY: startY } = event
      const tickets = held?.tickets ?? stands
      setHeld({ tickets, press: { pointerId, startY, origin: tickets } })
    },
    onPointerMove(this: void, event: React.PointerEvent): void {
      const press = held?.press
      if (press?.pointerId !== event.pointerId) return
      const byPx = event.clientY - press.startY
      setHeld({ tickets: pulledTo(press.origin, byPx, model.most, size.height), press })
    },
    onPointerUp(this: void, event: React.PointerEvent): void {
      if (held?.press?.pointerId === event.pointerId) letGo(held.tickets)
    },
    onPointerCancel: () => setHeld(null),
  }

  function leave(): void {
    forget()
    if (held?.press === null) letGo(held.tickets)
  }

  return { tickets: held?.tickets ?? stands, held: isHeld, failure, pressKey, leave, pointer }
}

/** Esc gives up what is held, and does nothing else then. */
function useEscape(isHeld: boolean, giveUp: () => void): void {
  const onEscape = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    giveUp()
  })
  useEffect(() => {
    if (!isHeld) return undefined
    addEventListener('keydown', onEscape, { capture: true })
    return () => removeEventListener('keydown', onEscape, { capture: true })
  }, [isHeld])
}

/** What was saved over the revision `seen`, until the list has it; `revision` is null until the core has it. */
interface Saved {
  readonly tickets: number
  readonly seen: string
  readonly revision: string | null
}

/** A rule's number, the one that was saved last where the list is older; what saves another, and why the last was not saved. */
function useSavedRule(rule: FixedRule) {
  const { client } = useWorkbench().transport
  const session = useDashboard((state) => state.session)
  const [failure, setFailure] = useState('')
  const [last, setLast] = useState<Saved | null>(null)
  const saved = last?.seen === rule.revision ? last : null

  async function save(tickets: number): Promise<void> {
    setLast({ tickets, seen: rule.revision, revision: null })
    const moved = movedRule(rule, tickets, session?.watched ?? [])
    const seen = saved?.revision ?? rule.revision
    try {
      const { revision } = await client.call('alerts.change', { id: rule.id, seen, ...moved })
      setLast({ tickets, seen: rule.revision, revision })
    } catch (error) {
      setLast(saved)
      setFailure(errorText(toWireError(error)))
    }
  }

  return {
    stands: saved?.tickets ?? rule.condition.tickets,
    isSaving: saved !== null && saved.revision === null,
    failure,
    save,
    forget: () => setFailure(''),
  }
}
