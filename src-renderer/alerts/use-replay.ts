import { useEffect, useState } from 'react'
import type { AlertRule } from '../../src-shared/contract/alerts/alerts.ts'
import { useWorkbench } from '../app/workbench.ts'
import { createReplayFeed, type ReplayState } from './replay-feed.ts'

type AskedRule = Pick<AlertRule, 'condition' | 'scope'>

/** What a rule would have done in the stored weeks, once it rests; nothing is asked while there is none. `again` asks anew. */
export function useReplay(rule: AskedRule | null): {
  readonly state: ReplayState
  readonly again: () => void
} {
  const { client } = useWorkbench().transport
  const [state, setState] = useState<ReplayState>({ is: 'reading' })
  const [feed] = useState(() => createReplayFeed(client, setState))
  // A rule is made anew with each frame, and another one only where its words differ.
  const words = JSON.stringify(rule)
  useEffect(() => {
    const asked = JSON.parse(words) as AskedRule | null
    if (asked === null) return undefined
    feed.ask(asked)
    return () => feed.stop()
  }, [feed, words])
  return { state, again: () => rule !== null && feed.ask(rule) }
}
