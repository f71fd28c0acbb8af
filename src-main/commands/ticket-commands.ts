import { SANDBOX_LIMITS } from '#jira-sandbox'
import { parseComparison } from '../../src-shared/domain/compare/comparison.ts'
import { DEFAULT_PORT } from '../config/config.ts'
import type { ExportFormat } from '../transfer/ticket-lines.ts'
import type { ImportFormat } from '../transfer/look-at-file.ts'
import type { PngTheme } from '../print/png-brush.ts'
import { argument, defineCommand, flag, option } from './cli/define-command.ts'
import { ONLY_FLAG, SPLIT_FLAG } from './cli/field-flags.ts'
import { flagValue, settingOptions, wholeNumber, zoneName } from './cli/options.ts'
import { BAR_FLAGS, spanFlags } from './cli/times.ts'

const MAX_LEFT = 500
const DEFAULT_LEFT = 100
const MAX_LISTED = 100_000
const DEFAULT_LISTED = 500

const IMPORT_FORMATS = ['old', 'csv', 'jsonl'] as const satisfies readonly ImportFormat[]
const THEMES = ['light', 'dark'] as const satisfies readonly PngTheme[]
const EXPORT_FORMATS = ['csv', 'jsonl'] as const satisfies readonly ExportFormat[]

const MAX_KEPT_MONTHS = 1_200

const YES = flag('do not ask')

export const FETCH_TICKETS = {
  watch: flag('go on until Ctrl-C; with --json one line a fetch'),
}

export const PLOT_DATA = {
  port: option('<n>', 'the port; 0 for any free one', wholeNumber(SANDBOX_LIMITS.port), DEFAULT_PORT),
  open: flag('opens it in your browser, where there is one: not over ssh, in CI or in a container'),
  png: option('<file>', 'write the chart of a span as a picture instead, and end'),
  ...BAR_FLAGS,
  ...ONLY_FLAG,
  theme: { ...option('<theme>', "the picture's colours: light or dark (default: light)"), choices: THEMES },
}

export const COUNTS = {
  ...BAR_FLAGS,
  ...ONLY_FLAG,
  ...SPLIT_FLAG,
  csv: flag('the bars as CSV'),
  compare: option(
    '<when>',
    'what there was then, too: before, yesterday, last week, 14d, a day or an instant',
    parseComparison,
  ),
  watch: flag(
    'go on until Ctrl-C, fetching meanwhile: a live chart on a terminal, elsewhere a line a minute; with --json one line a change',
  ),
}

export const TICKETS = {
  ...spanFlags(),
  ...ONLY_FLAG,
  search: option('<text>', 'only those whose title or key holds this text, in whatever case'),
  limit: option('<n>', 'at most so many', wholeNumber({ min: 1, max: MAX_LISTED }), DEFAULT_LISTED),
}

export const LEFT_TICKETS = {
  ...spanFlags(),
  ...ONLY_FLAG,
  limit: option('<n>', 'at most so many', wholeNumber({ min: 1, max: MAX_LEFT }), DEFAULT_LEFT),
}

export const AUDIT = {
  run: option('<id>', 'which run (default: the last)'),
  ...spanFlags('no span but a run'),
  minutes: flag('the numbers minute by minute, too'),
}

export const DROP_TABLE = { yes: YES }

export const MAINTAIN = {
  keep: option(
    '<time>',
    'so many whole months besides the one now running, as 13M or 2y',
    flagValue('a number of months or years', keptMonths, {
      nothing: 'Nothing was deleted.',
      hint: 'Write it as 13M or 2y.',
    }),
  ),
  dryRun: flag('only say what would be deleted'),
  confirm: option('<day>', 'do not ask: the first day that stays, as --dry-run says it'),
}

function keptMonths(text: string): number | null {
  const [, digits, unit = ''] = /^(\d{1,3})(M|y)$/.exec(text) ?? []
  const months = Number(digits) * (unit === 'y' ? 12 : 1)
  return months >= 1 && months <= MAX_KEPT_MONTHS ? months : null
}

export const IMPORT = {
  source: argument('<source>', 'a file, - for stdin, or postgres://user@host:port/database'),
  format: {
    ...option('<format>', 'old (a pg_dump in text), csv or jsonl (default: as it looks)'),
    choices: IMPORT_FORMATS,
  },
  table: option('<name>', "which table (default: the only one with the first program's columns)"),
  zone: option(
    '<zone>',
    'the time zone of dates that name none, as Europe/Berlin (default: UTC)',
    zoneName({ nothing: 'Nothing was imported.', hint: 'Names are as Europe/Berlin or UTC.' }),
    'UTC',
  ),
  skipBad: flag('leave out rows that are no tickets, and list the first of them'),
  dryRun: flag('read and check all of it, and store nothing'),
}

export const EXPORT = {
  file: argument('[file]', 'where to (default, and for -: stdout)'),
  format: {
    ...option('<format>', "csv or jsonl (default: by the file's name; csv on stdout)"),
    choices: EXPORT_FORMATS,
  },
  ...spanFlags('since ever', 'no end'),
  ...ONLY_FLAG,
  left: flag('also tickets that were watched and no longer are'),
}

export const TICKET_COMMANDS = [
  defineCommand({
    name: 'fetch-tickets',
    group: 'Watch',
    summary: 'fetches what is new in Jira into the store',
    options: FETCH_TICKETS,
    needs: 'core',
    run: async () => (await import('./tickets/fetch-tickets.ts')).fetchTickets,
  }),
  defineCommand({
    name: 'plot-data',
    group: 'Watch',
    summary: 'serves the live dashboard to a browser on this machine, until Ctrl-C',
    options: PLOT_DATA,
    needs: 'own-core',
    run: async () => (await import('./server/serve.ts')).plotData,
    with: { png: { needs: 'store', run: async () => (await import('./counts/plot-data.ts')).plotPng } },
  }),
  defineCommand({
    name: 'serve',
    group: 'Watch',
    summary: 'serves the live dashboard and the API to a team, until Ctrl-C or SIGTERM',
    options: settingOptions('serve'),
    notes: [
      'Beyond this machine it is served only with TLS: by --tls-cert and --tls-key, which are read again when the files change, or by a proxy before it (--behind-proxy). Browsers are let in by the one name of --public-url; a proxy passes their Host header on and adds their address to X-Forwarded-For.',
      'Programs bring a token (jira-tpm token create), browsers a one-time link of jira-tpm token link. On a terminal this command prints one, of scope admin, for 15 minutes; into a file or a log it never does.',
      'In the environment: JIRA_TPM_HOST, JIRA_TPM_PORT, JIRA_TPM_TLS_CERT_FILE, JIRA_TPM_TLS_KEY_FILE, JIRA_TPM_BEHIND_PROXY, JIRA_TPM_TRUST_PROXY, JIRA_TPM_PUBLIC_URL, JIRA_TPM_OPEN_METRICS, JIRA_TPM_ACCESS_LOG_STDOUT, JIRA_TPM_EDGE.',
    ],
    needs: 'own-core',
    run: async () => (await import('./server/serve.ts')).serve,
  }),
  defineCommand({
    name: 'counts',
    group: 'Watch',
    summary: 'how many watched tickets were created in each minute, from what is stored',
    options: COUNTS,
    needs: 'store',
    run: async () => (await import('./counts/counts.ts')).printCounts,
    with: {
      watch: { needs: 'core', run: async () => (await import('./counts/watch-counts.ts')).watchCounts },
    },
  }),
  defineCommand({
    name: 'tickets',
    group: 'Watch',
    summary: 'the watched tickets that were created in a span, the newest first, from what is stored',
    options: TICKETS,
    needs: 'store',
    run: async () => (await import('./tickets/list-tickets.ts')).listTickets,
  }),
  defineCommand({
    name: 'views',
    group: 'Watch',
    summary: 'the views that were saved in the dashboard: name, span, length of the bars',
    needs: 'store',
    run: async () => (await import('./tickets/list-views.ts')).listViews,
  }),
  defineCommand({
    name: 'left-tickets',
    group: 'Watch',
    summary: 'tickets that were watched and no longer are, each with the reason; the last to leave first',
    options: LEFT_TICKETS,
    needs: 'store',
    run: async () => (await import('./tickets/left-tickets.ts')).leftTickets,
  }),
  defineCommand({
    name: 'audit',
    group: 'Prove',
    summary:
      'proves that nothing was lost, of a run or a span: planned, created, watched, indexed, fetched, charted; exit 4 where anything differs',
    options: AUDIT,
    needs: 'core',
    run: async () => (await import('./runs/audit.ts')).auditCommand,
  }),
  defineCommand({
    name: 'create-table',
    group: 'Set up',
    summary: 'makes the ticket tables anew after drop-table (a new store has them)',
    needs: 'own-primary-core',
    run: async () => (await import('./tickets/tables.ts')).createTable,
  }),
  defineCommand({
    name: 'drop-table',
    group: 'Set up',
    summary: 'drops the fetched tickets and their counts; runs and Jira itself stay as they are',
    options: DROP_TABLE,
    needs: 'own-primary-core',
    run: async () => (await import('./tickets/tables.ts')).dropTable,
  }),
  defineCommand({
    name: 'maintain',
    group: 'Set up',
    summary: 'deletes old tickets and their counts from the store; runs and Jira itself stay as they are',
    options: MAINTAIN,
    notes: [
      'Of every site of the store, by months in UTC. What is deleted is not fetched again, and is unknown in charts, not zero: only dropping the ticket tables and making them anew brings it back. What was interrupted goes on with the same command, or by itself in the next program that stays open.',
    ],
    needs: 'own-primary-core',
    run: async () => (await import('./tickets/maintain.ts')).maintain,
  }),
  defineCommand({
    name: 'load-sample',
    group: 'Set up',
    summary: 'stores the sample hour of tickets, to look at the charts without any Jira',
    needs: 'own-primary-core',
    run: async () => (await import('./tickets/tables.ts')).loadSample,
  }),
  defineCommand({
    name: 'import',
    group: 'Set up',
    summary: "stores tickets of the first program's table, its pg_dump, CSV (Jira's own, too) or JSON lines",
    options: IMPORT,
    notes: [
      "Nothing is stored where a row is no ticket (exit 1): the first of them are told. Importing the same again changes nothing, and Jira's own version of a ticket takes the place of an imported one. A database's password comes from PSQL_PW or the keychain, or is asked for.",
      "CSV and JSON lines have the columns that jira-tpm export writes: at least id, created and priorityName. The first program's columns may be in them, too.",
      "Jira's own CSV export (Issue key, Issue id, Summary …) is taken as it is. Its dates are of the time zone in the profile of who exported it: say which with --zone.",
    ],
    needs: 'own-primary-core',
    run: async () => (await import('./tickets/import.ts')).importTickets,
  }),
  defineCommand({
    name: 'export',
    group: 'Prove',
    summary: 'writes stored tickets as CSV or JSON lines, oldest first, however many there are',
    options: EXPORT,
    notes: [
      'Text that a spreadsheet would take for a formula gets an apostrophe before it in CSV, which jira-tpm import takes off again.',
    ],
    needs: 'primary-store',
    run: async () => (await import('./tickets/export.ts')).exportTickets,
  }),
]
