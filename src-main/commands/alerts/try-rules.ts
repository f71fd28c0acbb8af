import type { AlertReplay } from '../../../src-shared/contract/alerts/alerts.ts'
import { durationText, tickets } from '../../../src-shared/domain/text/sentences.ts'
import { isoInstant } from '../../../src-shared/domain/minute.ts'
import { nothingDone } from '../../../src-shared/errors/app-error.ts'
import type { App } from '../../app/app.ts'
import type { Config } from '../../config/config.ts'
import { wallTime } from '../../print/wall-clock.ts'
import { dashboardUrl } from '../../workspace/instance.ts'
import type { NAMED_RULE, REPLAY } from '../alert-commands.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { reachedServer } from '../cli/reach.ts'
import { conditionFrom, isConditionSaid, ruleCalled, scopeFrom } from './rule-options.ts'

export async function testRule(call: CommandCall<'primary-core', typeof NAMED_RULE>): Promise<void> {
  const { options, open, print } = call
  await open(call.config(), async ({ client }) => {
    const { id, name } = await ruleCalled(client, options.rule)
    const { fires, standing, message } = await client.call('alerts.test', { id })
    const text =
      message === null
        ? `“${name}” is ${standing.phase}. ${standing.why}`
        : [
            fires ? `“${name}” is an alarm now:` : `“${name}” is no alarm now. It would say:`,
            ...message.sentences,
          ].join('\n')
    print({ fires, phase: standing.phase, why: standing.why, message }, text)
  })
}

export async function replayRule(call: CommandCall<'primary-core', typeof REPLAY>): Promise<void> {
  const { options, open, print } = call
  const isSaid = isConditionSaid(options)
  if (isSaid === (options.rule !== undefined))
    throw nothingDone(
      'usage',
      isSaid ? 'A rule is named, and another one is said.' : 'It is not said which rule.',
      'Name one that there is, or say one: --at-least 8 --in 5m, --above-usual.',
    )
  const condition = isSaid ? conditionFrom(options) : null
  // What is watched stays: the project is the rule's.
  const config = call.config({ project: undefined })
  await open(config, async ({ client }) => {
    const { watched, zone } = await client.call('session.get', {})
    const rule =
      condition === null
        ? await ruleCalled(client, options.rule ?? '')
        : { condition, scope: scopeFrom(options, watched) }
    const replayed = await replayOf(client, rule, options.weeks)
    print(replayDocument(replayed), replayText(replayed, zone, await dashboardOf(config)))
  })
}

/** Where its dashboard is, for links; empty where nowhere. */
async function dashboardOf(config: Config): Promise<string> {
  const server = await reachedServer(config)
  return server?.url ?? dashboardUrl(config.dataDir) ?? ''
}

function replayOf(
  client: App['client'],
  { scope, condition }: Pick<Parameters<typeof client.call<'alerts.replay'>>[1], 'scope' | 'condition'>,
  weeks: number,
): Promise<AlertReplay> {
  return client.call('alerts.replay', { scope, condition, weeks })
}

function replayText({ summary, fired }: AlertReplay, zone: string, url: string): string {
  const lines = fired.map(({ fromMs, toMs, peak, address }) => {
    const length = durationText(toMs - fromMs)
    return `  ${wallTime(fromMs, zone)}, ${length}, ${tickets(peak)} at once: ${url}#${address}`
  })
  return [summary, ...lines].join('\n')
}

function replayDocument({ fromMs, toMs, learningUntilMs, fired, ...replayed }: AlertReplay): object {
  return {
    ...replayed,
    from: isoInstant(fromMs),
    to: isoInstant(toMs),
    learningUntil: learningUntilMs === null ? null : isoInstant(learningUntilMs),
    fired: fired.map(({ fromMs: from, toMs: to, onsetMs, peak, address }) => ({
      from: isoInstant(from),
      to: isoInstant(to),
      onset: isoInstant(onsetMs),
      peak,
      address,
    })),
  }
}
