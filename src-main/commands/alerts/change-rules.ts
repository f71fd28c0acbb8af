import { isoInstant, MS_PER_MINUTE } from '../../../src-shared/domain/minute.ts'
import { nothingChanged } from '../../../src-shared/errors/app-error.ts'
import type { App } from '../../app/app.ts'
import { wallTime } from '../../print/wall-clock.ts'
import type { ADD_RULE, NAMED_RULE, SILENCE } from '../alert-commands.ts'
import type { CommandCall, Values } from '../cli/define-command.ts'
import { conditionFrom, ruleCalled, ruleDocument, scopeFrom } from './rule-options.ts'

export async function addRule(call: CommandCall<'primary-core', typeof ADD_RULE>): Promise<void> {
  const { options, open, print } = call
  const condition = conditionFrom(options)
  // What is watched stays: the project is the rule's.
  await open(call.config({ project: undefined }), async ({ client }) => {
    const { watched } = await client.call('session.get', {})
    const rule = await client.call('alerts.add', {
      scope: scopeFrom(options, watched),
      condition,
      on: options.off !== true,
      ...(options.name !== undefined && { name: options.name }),
    })
    const said = rule.on ? `“${rule.name}” is added, and on.` : `“${rule.name}” is added, switched off.`
    print(ruleDocument(rule), said)
  })
}

export function switchOn(call: CommandCall<'primary-core', typeof NAMED_RULE>): Promise<void> {
  return switchTo(call, true)
}

export function switchOff(call: CommandCall<'primary-core', typeof NAMED_RULE>): Promise<void> {
  return switchTo(call, false)
}

async function switchTo(call: CommandCall<'primary-core', typeof NAMED_RULE>, on: boolean): Promise<void> {
  await call.open(call.config(), async ({ client }) => {
    const { id, revision: seen, name } = await ruleCalled(client, call.options.rule)
    const rule = await client.call('alerts.change', { id, seen, on })
    call.print(ruleDocument(rule), `“${name}” is ${on ? 'on' : 'off'}.`)
  })
}

export async function removeRule(call: CommandCall<'primary-core', typeof NAMED_RULE>): Promise<void> {
  await call.open(call.config(), async ({ client }) => {
    const { id, revision: seen, name } = await ruleCalled(client, call.options.rule)
    const result = await client.call('alerts.remove', { id, seen })
    call.print(result, `“${name}” is removed. What it found stays in jira-tpm alerts history.`)
  })
}

export async function silenceRules(call: CommandCall<'primary-core', typeof SILENCE>): Promise<void> {
  const { options, open, print } = call
  const silence = silenceFrom(options)
  await open(call.config(), async ({ client }) => {
    const rule = options.rule === undefined ? null : await ruleCalled(client, options.rule)
    const { silenced, untilMs } = await client.call('alerts.silence', {
      silence,
      ...(rule && { id: rule.id }),
    })
    const document = { silenced, until: untilMs === null ? null : isoInstant(untilMs) }
    const which =
      rule === null ? (silenced === 1 ? 'The one rule' : `All ${silenced} rules`) : `“${rule.name}”`
    const [is, disturbs] = silenced === 1 ? ['is', 'disturbs'] : ['are', 'disturb']
    const zone = await zoneOf(client)
    const until =
      untilMs === null ? 'until things are as usual again' : `until ${wallTime(untilMs, zone)} (${zone})`
    const said =
      silence === null ? `${which} ${is} no longer silenced.` : `${which} ${disturbs} nobody ${until}.`
    print(document, silenced === 0 ? 'There is no rule to silence.' : said)
  })
}

async function zoneOf(client: App['client']): Promise<string> {
  return (await client.call('session.get', {})).zone
}

/** Throws `usage` where it is not said once until when. */
function silenceFrom({ for: forMs, until, untilUsual, end }: Values<typeof SILENCE>) {
  const said = [
    forMs !== undefined && { minutes: Math.ceil(forMs / MS_PER_MINUTE) },
    until !== undefined && { until },
    untilUsual === true && { until: 'usual' as const },
  ].filter((one) => one !== false)
  const [silence = null] = said
  if (said.length + Number(end === true) === 1) return silence
  throw nothingChanged(
    'usage',
    'Say once for how long.',
    'Give one of --for 1h, --until tomorrow, --until-usual and --end.',
  )
}
