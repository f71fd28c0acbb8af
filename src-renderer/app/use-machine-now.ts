import { useEffect, useState } from 'react'

/** The machine's epoch ms, once a second: for a few words that tick, not for the chart. */
export function useMachineNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) setNow(Date.now())
    }, 1_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
