import type { MethodName } from './methods.ts'

/** What a method does, for whoever calls it from outside; shown in the OpenAPI document. */
export interface MethodWords {
  /** A few words, without a full stop. */
  readonly summary: string
  /** What it does and changes, what it throws and when. */
  readonly about: string
  /** Parameters that are right, where there are any. */
  readonly example?: Readonly<Record<string, unknown>>
}

const hour = { fromMs: 1_767_225_600_000, toMs: 1_767_229_200_000 }
const runId = 'abcd2345'

/** One entry a method: whoever adds a method says here what it does. */
export const METHOD_WORDS: Readonly<Record<MethodName, MethodWords>> = {
  'session.get': {
    summary: 'What is watched, and where it is stored',
    about:
      'The Jira, the project, the field and its values that are watched, the store, the time zone and the site’s clock: what a chart needs before it is drawn.',
  },
  'counts.get': {
    summary: 'Tickets by minute',
    about:
      'Counts the tickets that were created in a span, by watched value, in buckets of 1, 2, 5, 10 or 60 minutes. Empty buckets are there, as 0. The counts show the store as it was at `seq`: the event `counts.changed` tells what changed after it. Buckets from `provisionalFromMinute` on may still grow. At most 20,000 buckets at once, else `usage`.',
    example: { ...hour, bucketMinutes: 1 },
  },
  'counts.outside': {
    summary: 'Tickets before and after a span',
    about: 'How many counted tickets lie outside a span, and when the nearest ones were created.',
    example: hour,
  },
  'tickets.list': {
    summary: 'The tickets of a span',
    about:
      'Counted tickets that were created in `[fromMs, toMs)`, newest first, `limit` to a page. Where there are `more`, the `cursor` that came with them leads to the next page: none of those that are there all the while comes twice or is passed over, whatever is created meanwhile.',
    example: { ...hour, limit: 100 },
  },
  'tickets.left': {
    summary: 'Tickets that are no longer watched',
    about:
      'Tickets that were created in a span and counted once: lowered to a priority that is not watched, deleted, moved to another project, or hidden from this account. The last to leave comes first; pages as of `tickets.list`.',
    example: { ...hour, limit: 100 },
  },
  'sync.now': {
    summary: 'Fetch from Jira now',
    about:
      'Fetches what changed in Jira, and answers when it is stored. A fetch under way is waited for first. After a log-in that failed nothing is sent to Jira until a person fetches so, starts a run or connects, and then it is tried once a minute at most: `not-authenticated`.',
  },
  'sync.status': {
    summary: 'How the fetching goes',
    about: 'The last fetch, the next one, what is wrong, and how far Jira’s index was measured to lag.',
  },
  'runs.start': {
    summary: 'Start a run of tickets',
    about:
      'Plans `count` tickets over `minutes` minutes and begins to make them in Jira, each at its time. Answers when the run is under way; the event `run.changed` tells how it goes. A real Jira demands `confirmedSite`, the id of the site (`session.get`) in which a person agreed to it: else `not-confirmed`. `busy` where a run is under way.',
    example: { count: 100, minutes: 60, profile: 'spike 30m x5 10m', seed: 7 },
  },
  'runs.pause': {
    summary: 'Pause the run under way',
    about:
      'Sends no further slot, whichever process works on the run, and answers when what was sent has its outcome. `not-found` where no run is under way.',
  },
  'runs.resume': {
    summary: 'Go on with a run',
    about:
      'Goes on with a run that is paused, or whose process died; with the last one where none is named. `missed` and `unknown` say what becomes of slots whose time has passed, and of those of which nobody knows whether they made their ticket.',
    example: { missed: 'shift' },
  },
  'runs.stop': {
    summary: 'End a run for good',
    about: 'As `runs.pause`, but it cannot be resumed. A paused or broken run can be stopped, too.',
  },
  'runs.current': {
    summary: 'The run under way',
    about: 'The run under way, else the last one; null before the first.',
  },
  'runs.get': {
    summary: 'A run',
    about: 'How far a run is. `not-found` where there is none of that name.',
    example: { runId },
  },
  'runs.list': {
    summary: 'Runs, newest first',
    about:
      'At most `limit` runs, of those begun before `beforeMs` where that is given: the time of the oldest one seen gives the next page.',
    example: { limit: 20 },
  },
  'runs.minutes': {
    summary: 'A run, minute by minute',
    about:
      'What was planned and what became of it, by the minute that each slot was planned for; empty minutes are there.',
    example: { runId },
  },
  'runs.readReplay': {
    summary: 'Read a file of tickets to replay',
    about:
      'Takes the creation times and priorities out of a CSV or JSON lines file, as `export` writes it, for the `replay` of `runs.start`. Nothing is kept. `bad-data` where the text is no such file.',
    example: { name: 'january.jsonl', text: '{"created":"2026-01-01T00:00:10.000Z","priority":"High"}\n' },
  },
  'runs.cleanUpPreview': {
    summary: 'What a clean-up would delete',
    about:
      'The tickets of a run that a clean-up would delete from Jira, and those that would stay, with the reason. Deletes nothing.',
    example: { runId },
  },
  'runs.cleanUp': {
    summary: 'Delete a run’s tickets from Jira',
    about:
      'Deletes from Jira what the run made: tickets that its ledger, its label and its mark say it made, and no others. `confirmedSite` and `count` say what a person agreed to, as `runs.cleanUpPreview` showed it; where that is not so any more, nothing is deleted. Answers when it has begun; `clean-up.changed` tells how it goes.',
    example: { runId, confirmedSite: 'example.atlassian.net', count: 100 },
  },
  'runs.stopCleanUp': {
    summary: 'End the clean-up under way',
    about: 'Ends it at the next ticket; it can be begun again. `not-found` where none is under way.',
  },
  'runs.currentCleanUp': {
    summary: 'The clean-up under way',
    about: 'The clean-up under way, else the last one since this program began; null before the first.',
  },
  'audit.run': {
    summary: 'Audit a run',
    about:
      'Compares a run’s plan, its ledger, Jira (asked anew), the stored tickets and the counts, minute by minute, and names each ticket that is not where it should be. Of the last run where none is named.',
    example: { runId },
  },
  'audit.span': {
    summary: 'Audit a span of time',
    about: 'The same for all tickets that were created in a span, whoever made them.',
    example: hour,
  },
  'settings.get': {
    summary: 'The settings of the Jira',
    about: 'The Jira that is set, where its token is kept, and why it could not be opened. Never a token.',
  },
  'settings.preflight': {
    summary: 'Try a Jira',
    about: 'Tries a connection step by step and keeps nothing of it. `preflight.changed` tells each step.',
    example: {
      url: 'https://example.atlassian.net',
      user: 'you@example.com',
      token: null,
      tokenExpiresOn: null,
      projectKey: 'TPM',
      caFile: null,
      watch: { field: { id: 'priority', name: 'Priority' }, ids: [] },
    },
  },
  'settings.connect': {
    summary: 'Connect a Jira',
    about:
      'Tries a connection and, where no step fails, keeps it (the token in the keychain) and goes over to that Jira. A token that was refused is tried once a minute at most: until then nothing is sent, and the step `identity` says until when.',
    example: {
      url: 'https://example.atlassian.net',
      user: 'you@example.com',
      token: 'the API token',
      tokenExpiresOn: '2026-12-31',
      projectKey: 'TPM',
      caFile: null,
      watch: { field: { id: 'priority', name: 'Priority' }, ids: [] },
    },
  },
  'settings.disconnect': {
    summary: 'Go back to the sandbox',
    about: 'Tickets that were fetched stay stored. `forgetToken` deletes the token from the keychain.',
    example: { forgetToken: false },
  },
  'settings.store': {
    summary: 'The settings of the store',
    about: 'Where tickets are kept, and where the store’s password is. Never a password.',
  },
  'settings.checkStore': {
    summary: 'Try a PostgreSQL server',
    about:
      'Tries a server step by step, keeps nothing of it and makes no tables. `store-check.changed` tells each step.',
    example: {
      kind: 'postgres',
      host: 'db.example.com',
      port: 5_432,
      database: 'jira_tpm',
      user: 'jira_tpm',
      password: null,
      tls: 'verify-full',
      caFile: null,
    },
  },
  'settings.useStore': {
    summary: 'Use another store',
    about:
      'Tries a store and, where no step fails, keeps it (the password in the keychain) and goes over to it.',
    example: { kind: 'sqlite' },
  },
  'store.status': {
    summary: 'Whether the store works',
    about: 'Which store is in use, and what is wrong with it. Answered while the store is out of reach, too.',
  },
  'store.useFallback': {
    summary: 'Use a file for now',
    about:
      'Goes on with a file on the server’s machine, filled from Jira, until the store that is set can be reached again.',
  },
  'store.usePrimary': {
    summary: 'Go back to the store that is set',
    about: 'Goes back now. `busy` while a run is under way in the file.',
  },
  'data.loadSample': {
    summary: 'Load the sample hour',
    about:
      'Puts an hour of made-up tickets into the store. Nothing is made in Jira. `usage` where a real Jira is watched: they would be counted among its own.',
  },
  'data.createTables': {
    summary: 'Make the ticket tables',
    about: 'Makes the tables where they are missing, after `data.dropTables`; fetching goes on then.',
  },
  'data.dropTables': {
    summary: 'Drop the ticket tables',
    about:
      'Deletes the fetched tickets and their counts from the store, never runs, and nothing in Jira. `confirm` guards against slips.',
    example: { confirm: true },
  },
}
