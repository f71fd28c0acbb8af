import { argument, defineCommand, flag, option } from './cli/define-command.ts'
import { duration, flagValue, oneOf, wholeNumber } from './cli/options.ts'

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

export const REPLAY = {
  rule: argument('[rule]', 'its name or id; or say a rule that there is not yet, as alerts add takes it'),
  ...CONDITION,
  weeks: option('<n>', 'so many of the last weeks', wholeNumber({ min: 1, max: 8 }), 8),
}

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

const OUTPUT_KINDS = ['webhook', 'slack', 'teams', 'alertmanager', 'pagerduty'] as const

export const ADD_OUTPUT = {
  kind: option('<kind>', OUTPUT_KINDS.join(', '), oneOf(OUTPUT_KINDS, 'Nothing was changed.'), 'webhook'),
  name: option('<name>', 'what it is called (default: its kind)'),
  url: option('<url>', 'where it is; Slack and Teams have all of it as their secret'),
  secretStdin: flag('read its secret from stdin instead of asking for it; it goes into the keychain'),
  needsSecret: flag('its secret is in the environment of the program that sends'),
  allowPrivate: flag('it may be on this machine or in a private network'),
}

export const NAMED_OUTPUT = {
  output: argument('<output>', 'its name or id, as alerts outputs list shows it'),
}

export const CHANGE_OUTPUT = {
  ...NAMED_OUTPUT,
  name: option('<name>', 'what it is called from now on'),
  url: option('<url>', 'where it is now'),
  secret: flag('asks for its secret, and puts it into the keychain in place of the former one'),
  secretStdin: flag('the same, read from stdin'),
  allowPrivate: flag('it may be on this machine or in a private network'),
}

const OUTPUT_COMMANDS = {
  name: 'outputs',
  summary: 'where alerts are sent: webhooks, Slack, Teams, Alertmanager, PagerDuty',
  notes: [
    'A secret is typed unseen or read from stdin, never an option. Without a keychain the environment has it: JIRA_TPM_OUTPUT_NAME, or JIRA_TPM_OUTPUT_NAME_FILE for a file that holds it.',
  ],
  commands: [
    defineCommand({
      name: 'list',
      isDefault: true,
      summary: 'the outputs, and how the sending goes',
      needs: 'primary-core',
      run: async () => (await import('./alerts/outputs.ts')).listOutputs,
    }),
    defineCommand({
      name: 'add',
      summary: 'adds an output; its secret is asked for',
      options: ADD_OUTPUT,
      needs: 'primary-core',
      run: async () => (await import('./alerts/outputs.ts')).addOutput,
    }),
    defineCommand({
      name: 'change',
      summary: 'changes the name, address or secret of an output; what waits for it goes there',
      options: CHANGE_OUTPUT,
      needs: 'primary-core',
      run: async () => (await import('./alerts/outputs.ts')).changeOutput,
    }),
    defineCommand({
      name: 'test',
      summary: 'sends a message that says it is a test; exit 1 where it was not taken',
      options: NAMED_OUTPUT,
      needs: 'primary-core',
      run: async () => (await import('./alerts/outputs.ts')).testOutput,
    }),
    defineCommand({
      name: 'remove',
      summary: 'removes an output, what still waits for it, and its secret from the keychain here',
      options: NAMED_OUTPUT,
      needs: 'primary-core',
      run: async () => (await import('./alerts/outputs.ts')).removeOutput,
    }),
  ],
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
        name: 'test',
        summary: 'evaluates a rule now, and shows what it would say; nothing is written or sent',
        options: NAMED_RULE,
        needs: 'primary-core',
        run: async () => (await import('./alerts/try-rules.ts')).testRule,
      }),
      defineCommand({
        name: 'replay',
        summary: 'when a rule would have been an alarm in the stored weeks, each time with its link',
        options: REPLAY,
        needs: 'primary-core',
        run: async () => (await import('./alerts/try-rules.ts')).replayRule,
      }),
      defineCommand({
        name: 'history',
        summary: 'the alerts that there were, the latest first, each with what was said',
        options: ALERT_HISTORY,
        needs: 'store',
        run: async () => (await import('./alerts/list-alerts.ts')).listHistory,
      }),
      OUTPUT_COMMANDS,
    ],
  },
]
