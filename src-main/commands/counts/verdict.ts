import type { Client } from '../../../src-shared/contract/client.ts'
import type { UsualNow, UsualResult } from '../../../src-shared/contract/alerts/usual.ts'
import { isoInstant, minuteOf, startOfMinute } from '../../../src-shared/domain/minute.ts'
import { chanceText, verdictText } from '../../../src-shared/domain/usual/verdict-text.ts'
import type { ReadClient } from '../../app/stored.ts'
import { wallMinute } from '../../print/wall-clock.ts'
import type { LoadedChart } from './load-chart.ts'

/** What is usual in each bucket of a chart, and whether now is. */
export function loadUsual(client: ReadClient, { counts, chart }: LoadedChart): Promise<UsualResult> {
  const span = { fromMs: startOfMinute(counts.fromMinute), toMs: startOfMinute(counts.toMinute) }
  const bucketMinutes = counts.bucketMinutes as never
  return client.call('usual.get', { ...span, bucketMinutes, zone: chart.zone })
}

/** The verdict in words, and how often chance does this. */
export function nowText(now: Pick<UsualNow, 'learning' | 'verdict'>, zone: string): string {
  const verdict = verdictText(now, (ms) => wallMinute(minuteOf(ms), zone).clock)
  const chance = chanceText(now.verdict)
  return `${verdict.charAt(0).toUpperCase()}${verdict.slice(1)}.${chance === '' ? '' : ` ${chance}`}`
}

/** The verdict as a JSON document has it, with instants in ISO 8601. */
export function verdictDocument({ learning, verdict, zone }: UsualNow): Record<string, unknown> {
  const { endMinute, onsetMinute, ...rest } = verdict
  const onset = onsetMinute === null ? null : isoInstant(startOfMinute(onsetMinute))
  return { verdict: { ...rest, until: isoInstant(startOfMinute(endMinute)), onset, zone }, learning }
}

interface VerdictListener {
  /** Another verdict, or the same in other numbers. */
  readonly onVerdict: (now: UsualNow) => void
  /** Now turned high. */
  readonly onHigh: () => void
}

/** Follows whether now is usual, until the returned function is called. */
export async function followVerdict(
  client: Client,
  { onVerdict, onHigh }: VerdictListener,
): Promise<() => void> {
  let last: UsualNow['verdict']['state'] | null = null
  const take = (now: UsualNow): void => {
    const isNews = now.verdict.state === 'high' && last !== null && last !== 'high'
    last = now.verdict.state
    onVerdict(now)
    if (isNews) onHigh()
  }
  const leave = client.on('usual.changed', take)
  // Where it cannot be read the counts cannot either, and say so.
  const first = await client
    .call('usual.get', { from: 'now-1h', to: 'now', bucketMinutes: 60 })
    .catch(() => null)
  if (first !== null && last === null) take(first)
  return leave
}
