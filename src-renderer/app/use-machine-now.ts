import { useLayoutEffect, useState } from 'react'

/** The machine's epoch ms, once a second, and right when it is seen again: for a few words that tick, not for the chart. */
export function useMachineNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useLayoutEffect(() => {
    const tick = (): void => {
      if (!document.hidden) setNow(Date.now())
    }
    // Behind the settings, or in a window that nobody sees, time went on.
    tick()
    const timer = setInterval(tick, 1_000)
    document.addEventListener('visibilitychange', tick)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', tick)
    }
  }, [])
  return now
}
