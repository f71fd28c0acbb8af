type Models = typeof import('./schema.ts') &
  typeof import('./tickets.ts') &
  typeof import('./runs.ts') &
  typeof import('./audit.ts') &
  typeof import('./store.ts') &
  typeof import('./settings.ts')

/** Every schema that methods and events share, by its name. */
export type ModelName = Exclude<
  { [N in keyof Models]: Models[N] extends { '~kind': string } ? N : never }[keyof Models],
  'Count' | 'MinuteNumber' | 'STEP_STATE' // parts, not models
>

type Fields<N extends ModelName> = Models[N] extends { properties: infer P }
  ? { readonly [F in keyof P]?: string }
  : Readonly<Record<string, never>>

/** What a model is, and those of its fields whose names do not say it; shown in the OpenAPI document. */
export const MODEL_WORDS: {
  readonly [N in ModelName]: { readonly about: string; readonly fields?: Fields<N> }
} = {
  EpochMs: { about: 'An instant: milliseconds since 1970-01-01T00:00:00Z.' },
  Priority: { about: 'A value of the watched field, as the site names it.' },
  WatchedField: { about: 'The field that decides what is watched: `priority`, or a custom field.' },
  DayString: { about: 'A calendar day.' },
  SiteClock: {
    about:
      'The site’s clock: at the machine’s `machineMs` it shows `siteMs`, and runs `rate` times as fast until it shows `untilSiteMs`.',
  },
  Session: {
    about: 'Who is watched, where it is stored, and in which zone times are shown.',
    fields: {
      watched: 'The values that are watched, most urgent first.',
      zone: 'IANA name of the zone in which times are shown.',
      projectKey: 'Null: every project that the account sees.',
      tokenExpiresOn: 'The last day on which the API token works, as the person told it.',
    },
  },
  MinuteChange: {
    about: 'The absolute count of a minute and watched value after a change.',
    fields: { minute: 'Minutes since 1970-01-01T00:00:00Z.' },
  },
  CountsResult: {
    about: 'Tickets by bucket and watched value.',
    fields: {
      seq: 'The number of the last commit that these counts show.',
      counts:
        '`counts[p][b]` belongs to `priorityIds[p]` and to the bucket that starts at minute `fromMinute + b * bucketMinutes`.',
      provisionalFromMinute: 'Minutes from this one on are not settled: Jira’s index may still lag behind.',
    },
  },
  OutsideResult: { about: 'Tickets outside a span.' },
  TicketView: { about: 'A ticket.' },
  TicketCursor: { about: 'Where a page of tickets ended. Given back as it came, it leads to the next page.' },
  SinceFailure: { about: 'What is wrong, since when, and what to do about it.' },
  StoreStatus: {
    about: 'Where tickets are kept now, and whether that works.',
    fields: {
      failure: 'Null while it works. Meanwhile nothing is stored, runs pause, and what is shown may be old.',
      insteadOf: 'The store that is set, while a file stands in for it.',
    },
  },
  SyncStatus: {
    about: 'What the last fetch did, and what the next will do.',
    fields: {
      state: '`stopped`: it waits for a person, because a log-in failed or tables were dropped.',
      lastInserted: 'New tickets of the last successful fetch.',
      indexLagMs: 'How far Jira’s search index was measured to be behind.',
      progress: 'How far the first fetch of a site with many tickets is.',
      by: 'The machine whose program fetches for all who share the store; null where this one does.',
    },
  },
  SyncResult: {
    about: 'What a fetch did.',
    fields: {
      removed: 'Tickets that counted until now and no longer do: lowered, moved, deleted or hidden.',
      cursorMs: 'The site’s time up to which everything is fetched.',
    },
  },
  LeftTicketView: { about: 'A ticket that is no longer watched, and why.' },
  RunName: { about: 'The name of a run.' },
  Replay: {
    about: 'Arrivals of real tickets, to be replayed.',
    fields: {
      offsetsMs: 'Milliseconds after the first one, in order.',
      priorityOf: 'The place of each arrival’s priority in `priorities`; -1 where it is not known.',
    },
  },
  RunRequest: {
    about: 'What to generate. Absent fields have usual values: 100 tickets in 60 minutes.',
    fields: {
      profile:
        'How the arrivals are spread: `steady`, `spike 30m x5 10m`, `30m@50,10m@200`; see docs/profiles.md.',
      replay: 'The arrivals of real tickets, in place of a profile.',
      compress: 'How many times faster than the wall clock; sandbox only.',
      projects: 'Several projects, each with its relative weight.',
      confirmedSite:
        'The id of the site in which a person agreed to make the tickets. A real Jira demands it.',
      weights: 'Relative weight of each priority, by name.',
      types: 'Relative weight of each issue type, by name.',
    },
  },
  ResumeRequest: {
    about: 'How a run that stands still goes on.',
    fields: {
      missed:
        '`shift`: all slots move by the time that the run stood still. `catch-up`: missed ones are sent now. `skip`: they are not made.',
      unknown:
        'Slots of which nobody knows whether they made their ticket: `look` for them once more, `send` those that Jira does not show again, `drop` them.',
    },
  },
  Lateness: { about: 'Real milliseconds between the planned and the actual send of a run’s slots.' },
  RunProgress: {
    about: 'How far a run is.',
    fields: {
      state: '`broken`: its process died; it can be resumed.',
      unknown:
        'Slots of which nobody knows whether they made their ticket. They are never sent again unasked.',
      missed: 'Of a run that stands still: slots whose time has passed.',
      removed: 'Tickets that a clean-up has deleted.',
      reason: 'Why it does not go on; null while it does.',
      waits: 'It waits for nothing but its store, and goes on by itself.',
      slept: 'It paused by itself because the machine slept.',
    },
  },
  RunMinute: { about: 'A run’s slots by the minute that they were planned for.' },
  CleanUpPreview: { about: 'What a clean-up of a run would do.', fields: { keys: 'At most 1,000 of them.' } },
  CleanUp: { about: 'How far a clean-up is.' },
  AuditMinute: { about: 'The numbers of an audit for one minute.' },
  DifferenceKind: { about: 'Why a ticket is not where it should be; see docs/audit.md.' },
  AuditResult: {
    about: 'Plan, ledger, Jira, store and counts compared; see docs/audit.md.',
    fields: { run: 'Null for the audit of a span.', ok: 'Nothing is missing and nothing is too much.' },
  },
  WatchChoice: { about: 'What is watched. No ids: High and Highest by name.' },
  JiraDraft: {
    about: 'A connection as a person fills it in.',
    fields: {
      user: 'The account’s e-mail address for Jira Cloud; null for Data Center.',
      token: 'Goes in and never comes out. Null: the one that is kept for this address and user.',
      caFile: 'A PEM file on the server’s machine.',
    },
  },
  PostgresDraft: {
    about: 'A PostgreSQL server as a person fills it in.',
    fields: { password: 'Goes in and never comes out. Null: the one that is kept.' },
  },
  StoreDraft: { about: 'A store to be used: the workspace’s own file, or a server.' },
  StoreSettings: {
    about: 'Where tickets are kept.',
    fields: { fixedBy: 'What fixes it from outside, so that it cannot be changed here.' },
  },
  Settings: { about: 'What is set about the Jira.', fields: { jira: 'Null: the sandbox.' } },
  StoreStep: { about: 'A step of a check of a store.' },
  StoreCheck: { about: 'A check of a store, step by step.' },
  PreflightStep: { about: 'A step of a preflight.' },
  PreflightChoices: { about: 'What may be chosen from on the site, as far as the preflight came.' },
  Preflight: { about: 'A try of a Jira, step by step.' },
}
