import type { AlertList, AlertRule, AlertStanding } from '../../src-shared/contract/alerts/alerts.ts'
import type { Session } from '../../src-shared/contract/tickets.ts'
import { conditionText, scopeText } from '../../src-shared/domain/usual/alert-text.ts'
import { timeText } from '../live/text.ts'

export type ListedRule = AlertList['rules'][number]

/** What a rule looks at, under its name: only what the name does not say. */
export function ruleText(
  { name, scope, condition }: AlertRule,
  { watched }: Pick<Session, 'watched'>,
): string {
  const said = conditionText(condition)
  const rest = name.startsWith(said) ? '' : said
  if (condition.kind === 'nothing-fetched') return rest
  const of = scopeText(scope, watched)
  return rest === '' ? (name.endsWith(of) ? '' : of) : `${rest}, ${of}`
}

const PHASES: Readonly<Record<AlertStanding['phase'], string>> = {
  off: 'Off',
  learning: 'Learning',
  ok: 'Quiet',
  alerting: 'Ringing',
  recovering: 'Ringing, quieter now',
  unknown: 'Not known',
  silenced: 'Silenced',
}

/** How a rule stands, in a few words: `Ringing since 14:02`. */
export function standingText({ phase, sinceMs, silence, alert }: AlertStanding, zone: string): string {
  if (phase === 'silenced') {
    const until = silence?.untilMs
    return until === null || until === undefined
      ? 'Silenced until it is as usual'
      : `Silenced until ${timeText(until, zone)}`
  }
  const beganMs = phase === 'unknown' ? sinceMs : (alert?.startedMs ?? sinceMs)
  const isOfTime = phase === 'alerting' || phase === 'recovering' || phase === 'unknown'
  return isOfTime && beganMs !== null ? `${PHASES[phase]} since ${timeText(beganMs, zone)}` : PHASES[phase]
}

const NOT_READ = 'The store that has the rules is out of reach.'

/** The list while the store is away: how a rule stood says nothing of now. */
export function unknownNow({ rules, ...rest }: AlertList): AlertList {
  const unknown = { phase: 'unknown', sinceMs: null, silence: null, why: NOT_READ, alert: null } as const
  return {
    ...rest,
    rehearsals: [],
    rules: rules.map((rule) => (rule.standing.phase === 'off' ? rule : { ...rule, standing: unknown })),
  }
}

/** The rules whose alert runs now, and is not silenced. */
export function ringing(list: AlertList | null): readonly ListedRule[] {
  return (list?.rules ?? []).filter(({ standing }) => ['alerting', 'recovering'].includes(standing.phase))
}
