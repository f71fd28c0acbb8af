import { useEffect, useLayoutEffect, useRef } from 'react'

/**
 * Keeps the focus in a part of the page whose buttons take each other's place: where the one that had it is gone after
 * `state` has changed, the first of the new ones gets it. A focus that was moved meanwhile stays.
 */
export function useKeptFocus(part: React.RefObject<HTMLElement | null>, state: unknown): void {
  const isInside = useRef(false)
  useEffect(() => {
    const onMove = ({ target }: Event): void => {
      isInside.current = target instanceof Node && part.current?.contains(target) === true
    }
    addEventListener('focusin', onMove)
    addEventListener('pointerdown', onMove)
    return () => {
      removeEventListener('focusin', onMove)
      removeEventListener('pointerdown', onMove)
    }
  }, [part])
  const known = useRef(state)
  useEffect(() => {
    if (known.current === state) return
    known.current = state
    const isLost = document.activeElement === null || document.activeElement === document.body
    if (isInside.current && isLost) part.current?.querySelector<HTMLElement>('button:enabled')?.focus()
  }, [part, state])
}

/** Gives the focus back to where it was when a page was opened, as soon as that is closed. */
export function useReturningFocus(open: boolean): void {
  const before = useRef<Element>(null)
  // Before the frame in which what had the focus is hidden, and loses it.
  useLayoutEffect(() => {
    if (!open) return undefined
    before.current = document.activeElement
    return () => {
      if (before.current instanceof HTMLElement) before.current.focus()
    }
  }, [open])
}
