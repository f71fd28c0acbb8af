import { argument, defineCommand, flag, option } from './cli/define-command.ts'
import { duration, flagValue, wholeNumber } from './cli/options.ts'

const NOTHING = { nothing: 'Nothing was changed.' }
const MINUTE_MS = 60_000
const LONGEST_MINUTES = 1_440
const LONGEST = LONGEST_MINUTES * MINUTE_MS

/** A length of whole minutes up to a day, in minutes. */
const minutes = flagValue(
  'whole minutes from 1m to 24h',
  (text) => {
    const [, digits, unit] = /^(\d{1,4})([mh])$/.exec(text) ?? []
    const found = Number(digits) * (unit === 'h' ? 60 : 1)
    return found >= 1 && found <= LONGEST_MINUTES ? found : null
  },
  { ...NOTHING, hint: 'Write it as 5m or 2h.' },
)

const CONDITION = {
  atLeast: option('<n>', 'an alarm is so many tickets', wholeNumber({ min: 1, max: 1_000_000 })),
  in: option('<time>', 'in so long, as 5m (default: 5m)', minutes),
  aboveUsual: flag('or more than is usual at this hour of the week'),
  often: {
    ...option('<how>', 'about how often chance alone may do that: week, month or quarter (default: month)'),
    choices: ['week', 'month', 'quarter'] as const,
  },
  nothingFetched: option('<time>', 'or no fetch for so long, as 2m', minutes),
  tooQuiet: flag('or no ticket in an hour in which a dozen are usual'),
  project: option('<key>', 'of this project alone'),
  priority: option('<name>', 'of this priority alone, by name or id'),
}

export const ADD_RULE = {
  ...CONDITION,
  name: option('<name>', 'what it is called (default: what it says)'),
  off: flag('adds it switched off'),
}

export const NAMED_RULE = { rule: argument('<rule>', 'its name or id, as alerts list shows it') }

export const SILENCE = {
  rule: argument('[rule]', 'its name or id; all rules where none is given'),
  for: option('<time>', 'for so long, as 1h', duration({ minMs: MINUTE_MS, maxMs: 30 * LONGEST })),
  until: {
    ...option('<when>', 'tomorrow: until 8:00 of the next day'),
    choices: ['tomorrow'] as const,
  },
  untilUsual: flag('until things are as usual again'),
  end: flag('no longer'),
}

export const ALERT_HISTORY = {
  rule: option('<rule>', 'of this rule alone, by its name or id'),
  limit: option('<n>', 'at most so many', wholeNumber({ min: 1, max: 1_000 }), 20),
}

export const ALERT_COMMANDS = [
  {
    name: 'alerts',
    group: 'Watch' as const,
    summary: 'rules that say when tickets are an alarm: lists, adds, removes and silences them',
    notes: [
      'Rules are kept in the store, for all who share it. One of the programs that stay open evaluates them: the window, serve, plot-data, counts --watch.',
    ],
    commands: [
      defineCommand({
        name: 'list',
        isDefault: true,
        summary: 'the rules and how they stand; alerts alone does, too',
        needs: 'store',
        run: async () => (await import('./alerts/list-alerts.ts')).listRules,
      }),
      defineCommand({
        name: 'add',
        summary: 'adds a rule: --at-least 8 --in 5m, --above-usual, --nothing-fetched 2m or --too-quiet',
        options: ADD_RULE,
        needs: 'primary-core',
        run: async () => (await import('./alerts/change-rules.ts')).addRule,
      }),
      defineCommand({
        name: 'on',
        summary: 'switches a rule on again',
        options: NAMED_RULE,
        needs: 'primary-core',
        run: async () => (await import('./alerts/change-rules.ts')).switchOn,
      }),
      defineCommand({
        name: 'off',
        summary: 'switches a rule off; an alert under way ends',
        options: NAMED_RULE,
        needs: 'primary-core',
        run: async () => (await import('./alerts/change-rules.ts')).switchOff,
      }),
      defineCommand({
        name: 'remove',
        summary: 'removes a rule; an alert under way ends, the history stays',
        options: NAMED_RULE,
        needs: 'primary-core',
        run: async () => (await import('./alerts/change-rules.ts')).removeRule,
      }),
      defineCommand({
        name: 'silence',
        summary:
          'has nobody disturbed for a while: --for 1h, --until tomorrow, --until-usual; --end ends that',
        options: SILENCE,
        needs: 'primary-core',
        run: async () => (await import('./alerts/change-rules.ts')).silenceRules,
      }),
      defineCommand({
        name: 'history',
        summary: 'the alerts that there were, the latest first, each with what was said',
        options: ALERT_HISTORY,
        needs: 'store',
        run: async () => (await import('./alerts/list-alerts.ts')).listHistory,
      }),
    ],
  },
]
