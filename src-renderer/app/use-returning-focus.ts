import { useLayoutEffect, useRef } from 'react'

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
