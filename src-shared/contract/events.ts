import { Type, type Static, type TSchema } from 'typebox'
import { AlertList } from './alerts/alerts.ts'
import { CleanUp } from './runs/clean-up.ts'
import { TeamServers } from './desktop.ts'
import { Outputs } from './alerts/outputs.ts'
import { RunProgress } from './runs/runs.ts'
import { choice, type Scope } from './schema.ts'
import { Preflight } from './settings.ts'
import { StoreCheck, StoreStatus } from './store.ts'
import { MinuteChange, SiteClock, SyncStatus } from './tickets.ts'
import { UsualNow } from './alerts/usual.ts'
import { SAVED_VIEW_ITEMS, SavedViews } from './views.ts'

interface Event<P extends TSchema> {
  /** Who receives it, where callers differ. Events of settings are for those who may see them. */
  readonly scope: Scope
  readonly summary: string
  readonly payload: P
}

function event<P extends TSchema>(entry: Event<P>): Event<P> {
  return entry
}

/** Every event that the core pushes. */
export const events = {
  'contract.hello': event({
    scope: 'display',
    summary:
      'The first message of a server’s socket: the versions of the contract that it serves, and the first edition of Jira TPM that speaks one of them. A caller of another version is not understood.',
    payload: Type.Object({
      versions: Type.Array(Type.Integer()),
      leastClient: Type.Optional(Type.String()),
    }),
  }),
  'counts.changed': event({
    scope: 'display',
    summary:
      'A commit changed these minutes. A client with counts at `prevSeq` may put the absolute counts of `changes` in their place and is at `seq` then; one with an older number has missed something and asks `counts.get` anew. `reset`: everything may have changed, ask anew.',
    payload: Type.Object({
      siteId: Type.String(),
      prevSeq: Type.Integer(),
      seq: Type.Integer(),
      reset: Type.Boolean(),
      changes: Type.Array(MinuteChange),
    }),
  }),
  'sync.changed': event({
    scope: 'read',
    summary: 'How the fetching goes, whenever that changes.',
    payload: SyncStatus,
  }),
  'usual.changed': event({
    scope: 'read',
    summary: 'How the newest minutes compare with what is usual, whenever that changes.',
    payload: UsualNow,
  }),
  'run.changed': event({
    scope: 'read',
    summary: 'How far a run is, at most a few times a second.',
    payload: RunProgress,
  }),
  'clean-up.changed': event({ scope: 'read', summary: 'How far a clean-up is.', payload: CleanUp }),
  'store.changed': event({
    scope: 'read',
    summary: 'The store works again, does not, or another one is used.',
    payload: StoreStatus,
  }),
  'views.changed': event({
    scope: 'read',
    summary: 'The saved views, when one was saved or deleted.',
    payload: SavedViews,
  }),
  'outputs.changed': event({
    scope: 'admin',
    summary: 'The outputs of alerts, when one changed or something was sent to it.',
    payload: Outputs,
  }),
  'marks.changed': event({
    scope: 'read',
    summary: 'Marks were set, changed or removed: ask for those of the spans that are shown.',
    payload: Type.Object({ siteId: Type.String() }),
  }),
  'alerts.changed': event({
    scope: 'read',
    summary: 'The rules and how they stand, when a rule or its standing changed.',
    payload: AlertList,
  }),
  'clock.changed': event({
    scope: 'display',
    summary: 'The site’s clock runs differently from now on: a compressed run began or ended.',
    payload: SiteClock,
  }),
  'preflight.changed': event({
    scope: 'admin',
    summary: 'A preflight under way: its steps so far and those to come.',
    payload: Preflight,
  }),
  'store-check.changed': event({
    scope: 'admin',
    summary: 'A check of a store under way: its steps so far and those to come.',
    payload: StoreCheck,
  }),
  'session.changed': event({
    scope: 'display',
    summary: 'Another Jira is watched, or another store used: ask for everything anew.',
    payload: Type.Object({}),
  }),
  'servers.changed': event({
    scope: 'admin',
    summary:
      'The desktop window works on another core, or the connection to its team server stands differently. Not sent by a server.',
    payload: TeamServers,
  }),
  'menu.chosen': event({
    scope: 'admin',
    summary: 'A menu item of the desktop window was chosen. Not sent by a server.',
    payload: Type.Object({
      command: choice([
        'view-bar',
        'view-histogram',
        'view-distribution',
        'view-heat',
        'tv',
        'span-previous',
        'span-next',
        'span-now',
        'run-start',
        'run-resume',
        'run-stop',
        'run-clean-up',
        'run-audit',
        'runs',
        'keys',
        'settings',
        'servers',
        ...SAVED_VIEW_ITEMS,
      ]),
    }),
  }),
}

/** What a desktop program tells its own window: from a server they are not taken. */
export const DESKTOP_EVENTS: ReadonlySet<string> = new Set(['menu.chosen', 'servers.changed'])

export type EventName = keyof typeof events
export type EventPayload<E extends EventName> = Static<(typeof events)[E]['payload']>
export type CountsChanged = EventPayload<'counts.changed'>

export const EVENT_NAMES = Object.keys(events) as EventName[]

/** Takes an event; what carries events on and the core's hub all have this form. */
export type Publish = <E extends EventName>(event: E, payload: EventPayload<E>) => void
