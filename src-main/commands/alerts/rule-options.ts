import type { AlertRule } from '../../../src-shared/contract/alerts/alerts.ts'
import { isoInstant } from '../../../src-shared/domain/minute.ts'
import type { Priority } from '../../../src-shared/domain/ticket.ts'
import { nothingChanged } from '../../../src-shared/errors/app-error.ts'
import type { ReadClient } from '../../app/stored.ts'
import type { ADD_RULE } from '../alert-commands.ts'
import type { Values } from '../cli/define-command.ts'

type RuleOptions = Omit<Values<typeof ADD_RULE>, 'name' | 'off'>

const USUAL_MINUTES = 5

/** When a rule is an alarm, as the options say. Throws `usage` where they say it not at all, or more than once. */
export function conditionFrom(options: RuleOptions): AlertRule['condition'] {
  const { atLeast, in: minutes, aboveUsual, often, nothingFetched, tooQuiet } = options
  const said: readonly (AlertRule['condition'] | false)[] = [
    atLeast !== undefined && { kind: 'at-least', tickets: atLeast, minutes: minutes ?? USUAL_MINUTES },
    aboveUsual === true && { kind: 'above-usual', often: often ?? 'month' },
    nothingFetched !== undefined && { kind: 'nothing-fetched', minutes: nothingFetched },
    tooQuiet === true && { kind: 'too-quiet' },
  ]
  const [condition, more] = said.filter((one) => one !== false)
  if (condition === undefined || more !== undefined)
    throw nothingChanged(
      'usage',
      condition === undefined
        ? 'It is not said when the rule is an alarm.'
        : 'A rule is an alarm for one reason.',
      'Give one of --at-least 8 --in 5m, --above-usual, --nothing-fetched 2m and --too-quiet.',
    )
  if (minutes !== undefined && condition.kind !== 'at-least')
    throw nothingChanged('usage', '--in goes with --at-least alone.')
  if (often !== undefined && condition.kind !== 'above-usual')
    throw nothingChanged('usage', '--often goes with --above-usual alone.')
  return condition
}

/** Whether the options say when a rule is an alarm. */
export function isConditionSaid({ atLeast, aboveUsual, nothingFetched, tooQuiet }: RuleOptions): boolean {
  return [atLeast, aboveUsual, nothingFetched, tooQuiet].some((said) => said !== undefined)
}

/** Throws `usage` for a priority that is not watched. */
export function scopeFrom(
  { project, priority }: RuleOptions,
  watched: readonly Priority[],
): AlertRule['scope'] {
  const meant = watched.find(
    ({ id, name }) => id === priority || name.toLowerCase() === priority?.toLowerCase(),
  )
  if (priority !== undefined && meant === undefined)
    throw nothingChanged(
      'usage',
      `The priority ${priority} is not watched.`,
      `Watched are ${watched.map(({ name }) => name).join(', ')}.`,
    )
  return { ...(project !== undefined && { project }), ...(meant !== undefined && { priority: meant.id }) }
}

/** The rule of that name or id. Throws `not-found`. */
export async function ruleCalled(client: ReadClient, called: string): Promise<AlertRule> {
  const { rules } = await client.call('alerts.list', {})
  const rule = rules.find(({ id }) => id === called) ?? rules.find(({ name }) => name === called)
  if (rule !== undefined) return rule
  throw nothingChanged('not-found', `There is no rule “${called}”.`, 'jira-tpm alerts list shows them.')
}

/** As `--json` has a rule. */
export function ruleDocument({ createdMs, ...rule }: AlertRule): object {
  const { id, name, scope, condition, on } = rule
  return { id, name, scope, condition, on, created: isoInstant(createdMs) }
}
