import { argument, defineCommand, flag, option } from './cli/define-command.ts'
import { BAR_FLAGS, spanFlags } from './cli/times.ts'

export const MARK = {
  text: argument('<text>', 'what happened: "deploy 5.17"'),
  at: option('<time>', 'when, or when it began: as 14:05, now-10m or 2026-11-24T14:05Z (default: now)'),
  to: option('<time>', 'its end, where it was no moment (default of an incident: an hour on)'),
  zone: spanFlags().zone,
  incident: flag('something went wrong then: the usual is not learned from it'),
}

export const LIST_MARKS = spanFlags('a week before the end')

export const REMOVE_MARK = { id: argument('<id>', 'as marks lists it') }

const REPORT_FORMATS = ['md', 'csv', 'png'] as const

export const REPORT = {
  ...BAR_FLAGS,
  format: {
    ...option('<format>', 'md: to be read by itself; csv: the bars; png: the chart (default: md)'),
    choices: REPORT_FORMATS,
  },
  out: option('<file>', 'where to (default: stdout)'),
  audit: flag('ask Jira, too, and say whether a ticket is missing or too many'),
}

export const MARK_COMMANDS = [
  defineCommand({
    name: 'report',
    group: 'Prove',
    summary: 'what happened in a span: onset, peak, total against usual, what differs, marks, alerts',
    options: REPORT,
    needs: 'store',
    run: async () => (await import('./report/report.ts')).report,
    with: { audit: { needs: 'core', run: async () => (await import('./report/report.ts')).auditedReport } },
  }),
  defineCommand({
    name: 'mark',
    group: 'Watch',
    summary: 'marks a time in the chart, for all who share the store',
    options: MARK,
    needs: 'primary-store',
    run: async () => (await import('./marks/marks.ts')).setMark,
  }),
  {
    name: 'marks',
    group: 'Watch' as const,
    summary: 'the marks of a span, and what marked itself there: runs, outages, fail-overs',
    commands: [
      defineCommand({
        name: 'list',
        isDefault: true,
        summary: 'lists them, the oldest first; marks alone does, too',
        options: LIST_MARKS,
        needs: 'store',
        run: async () => (await import('./marks/marks.ts')).listMarks,
      }),
      defineCommand({
        name: 'remove',
        summary: 'removes a mark, for all who share the store',
        options: REMOVE_MARK,
        needs: 'primary-store',
        run: async () => (await import('./marks/marks.ts')).removeMark,
      }),
    ],
  },
]
