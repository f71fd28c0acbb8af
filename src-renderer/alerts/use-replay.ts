import { useEffect, useState } from 'react'
import { useWorkbench } from '../app/workbench.ts'
import {
  createReplayFeed,
  NOT_ASKED,
  stateOf,
  type AskedRule,
  type ReplayOfRule,
  type ReplayState,
} from './replay-feed.ts'

/** What a rule would have done in the stored weeks, once it rests; nothing is asked while there is none. `again` asks anew. */
export function useReplay(rule: AskedRule | null): {
  readonly state: ReplayState
  readonly again: () => void
} {
  const { client } = useWorkbench().transport
  const [last, setLast] = useState<ReplayOfRule>(NOT_ASKED)
  const [feed] = useState(() => createReplayFeed(client, (state, of) => setLast({ state, of })))
  // A rule is made anew with each frame, and another one only where its words differ.
  const words = JSON.stringify(rule)
  useEffect(() => {
    const asked = JSON.parse(words) as AskedRule | null
    if (asked === null) return undefined
    feed.ask(asked)
    return () => feed.stop()
  }, [feed, words])
  return { state: stateOf(last, rule), again: () => rule !== null && feed.ask(rule) }
}
