import { useEffect, useRef, useState } from 'react'
import type { Client } from '../../src-shared/contract/client.ts'
import { conditionText } from '../../src-shared/domain/usual/alert-text.ts'
import { useWorkbench } from '../app/workbench.ts'
import type { FixedRule } from './rule-line.ts'

/** A line that rests so long (ms) is asked about. */
const REST_MS = 400

/** What such a rule would have done, once it rests, as a sentence. One is asked at a time. */
export function useReplay(
  asked: boolean,
  scope: FixedRule['scope'],
  condition: FixedRule['condition'],
): string {
  const { client } = useWorkbench().transport
  const last = useRef<Promise<unknown>>(Promise.resolve())
  const key = asked ? JSON.stringify({ scope, condition }) : ''
  const [told, setTold] = useState({ key: '', text: '' })
  useEffect(() => {
    if (key === '') return undefined
    let isGone = false
    const ask = async (former: Promise<unknown>): Promise<void> => {
      await former
      if (isGone) return
      const text = await replayText(client, JSON.parse(key))
      if (!isGone) setTold({ key, text })
    }
    const timer = setTimeout(() => {
      last.current = ask(last.current)
    }, REST_MS)
    return () => {
      isGone = true
      clearTimeout(timer)
    }
  }, [client, key])
  if (key === '') return ''
  return told.key === key ? told.text : 'Going through the stored weeks …'
}

async function replayText(client: Client, rule: Pick<FixedRule, 'scope' | 'condition'>): Promise<string> {
  const said = `${conditionText(rule.condition)}: `
  try {
    const { summary } = await client.call('alerts.replay', rule)
    return `${said}${summary.charAt(0).toLowerCase()}${summary.slice(1)}`
  } catch {
    return `${said}what it would have done could not be read now.`
  }
}
