import type { AlertEntry, AlertList, AlertSending } from '../../../src-shared/contract/alerts/alerts.ts'
import { conditionText, scopeText } from '../../../src-shared/domain/usual/alert-text.ts'
import { sendingTexts } from '../../../src-shared/domain/usual/sending-text.ts'
import { isoInstant } from '../../../src-shared/domain/minute.ts'
import { textTable } from '../../print/text-table.ts'
import { wallTime } from '../../print/wall-clock.ts'
import type { ReadClient } from '../../app/stored.ts'
import type { ALERT_HISTORY } from '../alert-commands.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { ruleCalled, ruleDocument } from './rule-options.ts'

type ListedRule = AlertList['rules'][number]

/** The rules and how they stand, for all who share the store. */
export async function listRules(call: CommandCall<'store'>): Promise<void> {
  const { io, open, print } = call
  await open(call.config(), async ({ client }) => {
    const { rules, away } = await client.call('alerts.list', {})
    const { watched, zone } = await client.call('session.get', {})
    const { lines } = textTable(
      rules,
      [
        { title: 'rule', of: ({ name }) => name },
        { title: 'now', of: (rule) => nowText(rule, zone) },
        { title: 'since', giveUp: 3, of: ({ standing }) => timeText(standing.sinceMs, zone) },
        { title: 'alarm', giveUp: 1, of: ({ condition }) => conditionText(condition) },
        { title: 'of', giveUp: 2, of: ({ scope }) => scopeText(scope, watched) },
      ],
      io.stdoutIsTTY ? io.columns : null,
    )
    const reasons = new Set(rules.map(({ standing }) => standing.why).filter((why) => why !== ''))
    const text = [...(rules.length === 0 ? [away ?? NONE] : lines), ...reasons].join('\n')
    print({ away, rules: rules.map(listedDocument) }, text)
  })
}

const NONE = 'There is no rule yet. jira-tpm alerts add --at-least 8 --in 5m makes one.'

function nowText({ standing: { phase, silence, alert } }: ListedRule, zone: string): string {
  if (silence === null) return phase
  const until = silence.untilMs === null ? 'until as usual' : `until ${wallTime(silence.untilMs, zone)}`
  return `silenced ${until}${alert === null ? '' : ', alerting'}`
}

function timeText(ms: number | null, zone: string): string {
  return ms === null ? '' : wallTime(ms, zone)
}

function listedDocument({ standing, ...rule }: ListedRule): object {
  const { phase, sinceMs, silence, why, alert } = standing
  return {
    ...ruleDocument(rule),
    phase,
    since: instant(sinceMs),
    why,
    silence: silence && { until: instant(silence.untilMs) },
    alert: alert && {
      id: alert.id,
      started: instant(alert.startedMs),
      onset: instant(alert.onsetMs),
      peak: alert.peak,
    },
  }
}

function instant(ms: number | null): string | null {
  return ms === null ? null : isoInstant(ms)
}

const A_PAGE = 100

/** The alerts that there were, the latest first. */
export async function listHistory(call: CommandCall<'store', typeof ALERT_HISTORY>): Promise<void> {
  const { options, open, print } = call
  await open(call.config(), async ({ client }) => {
    const rule = options.rule === undefined ? undefined : (await ruleCalled(client, options.rule)).id
    const alerts = await readHistory(client, options.limit, rule)
    const { zone } = await client.call('session.get', {})
    const text = alerts.map((alert) => entryText(alert, zone)).join('\n\n')
    print({ alerts: alerts.map(entryDocument) }, alerts.length === 0 ? 'There was no alert yet.' : text)
  })
}

async function readHistory(
  client: ReadClient,
  most: number,
  rule: string | undefined,
): Promise<AlertEntry[]> {
  const found: AlertEntry[] = []
  for (let before: AlertEntry | undefined; found.length < most; before = found.at(-1)) {
    const { alerts, more } = await client.call('alerts.history', {
      limit: Math.min(A_PAGE, most - found.length),
      ...(rule !== undefined && { rule }),
      ...(before !== undefined && { before: { startedMs: before.startedMs, id: before.id } }),
    })
    found.push(...alerts)
    if (!more) break
  }
  return found
}

function entryText({ rule, startedMs, resolvedMs, transitions }: AlertEntry, zone: string): string {
  const until = resolvedMs === null ? 'still going on' : `to ${wallTime(resolvedMs, zone)}`
  const at = (ms: number): string => wallTime(ms, zone)
  const said = transitions.flatMap((transition) => {
    const { kind, atMs, message } = transition
    const sendings = sendingTexts(transition, at).map((line) => `    ${line}`)
    return [`  ${at(atMs)} ${kind}: ${message.sentences.join(' ')}`, ...sendings]
  })
  return [`${rule.name}: ${wallTime(startedMs, zone)}, ${until}`, ...said].join('\n')
}

function entryDocument({
  id,
  rule,
  startedMs,
  onsetMs,
  resolvedMs,
  peak,
  rehearsal,
  transitions,
}: AlertEntry) {
  return {
    id,
    rule,
    started: isoInstant(startedMs),
    onset: isoInstant(onsetMs),
    resolved: instant(resolvedMs),
    peak,
    rehearsal,
    transitions: transitions.map(({ kind, atMs, sent, message, sendings }) => {
      const { title, sentences, address } = message
      return {
        kind,
        at: isoInstant(atMs),
        sent,
        title,
        sentences,
        address,
        sendings: sendings.map(sendingDocument),
      }
    }),
  }
}

function sendingDocument({ queuedMs, sentMs, answeredMs, ...sending }: AlertSending): object {
  return { ...sending, queued: isoInstant(queuedMs), sentAt: instant(sentMs), answered: instant(answeredMs) }
}
