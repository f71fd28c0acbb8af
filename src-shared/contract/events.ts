import { Type, type Static } from 'typebox'
import { Preflight } from './settings.ts'
import { StoreCheck } from './store.ts'
import { CleanUp, RunProgress } from './runs.ts'
import { StoreStatus } from './store.ts'
import { MinuteChange, SiteClock, SyncStatus } from './tickets.ts'

/** Every event that the core pushes, with its payload. */
export const events = {
  /**
   * A commit changed these minutes. Who holds counts at `prevSeq` may apply it; who holds an older number has missed
   * something and asks `counts.get` anew. `reset` says that everything may have changed (tables dropped, sample loaded,
   * too many minutes to list): ask anew in any case.
   */
  'counts.changed': Type.Object({
    siteId: Type.String(),
    prevSeq: Type.Integer(),
    seq: Type.Integer(),
    reset: Type.Boolean(),
    changes: Type.Array(MinuteChange),
  }),
  'sync.changed': SyncStatus,
  'run.changed': RunProgress,
  'clean-up.changed': CleanUp,
  'store.changed': StoreStatus,
  'clock.changed': SiteClock,
  /** A preflight that is under way: its steps so far and those to come. */
  'preflight.changed': Preflight,
  /** A check of a store that is under way, as `preflight.changed`. */
  'store-check.changed': StoreCheck,
  /** Another Jira is watched, or another store used, from now on: whoever shows anything asks for all of it anew. */
  'session.changed': Type.Object({}),
  /** The person chose a menu item of the desktop's own menu that concerns the window. */
  'menu.chosen': Type.Object({
    command: Type.Union([
      Type.Literal('view-bar'),
      Type.Literal('view-histogram'),
      Type.Literal('view-distribution'),
      Type.Literal('hour-previous'),
      Type.Literal('hour-next'),
      Type.Literal('hour-now'),
      Type.Literal('run-start'),
      Type.Literal('run-resume'),
      Type.Literal('run-stop'),
      Type.Literal('run-clean-up'),
      Type.Literal('run-audit'),
      Type.Literal('runs'),
      Type.Literal('keys'),
      Type.Literal('settings'),
    ]),
  }),
} as const

export type EventName = keyof typeof events
export type EventPayload<E extends EventName> = Static<(typeof events)[E]>
export type CountsChanged = EventPayload<'counts.changed'>

/** Takes an event; the three doors' adapters and the core's hub all have this form. */
export type Publish = <E extends EventName>(event: E, payload: EventPayload<E>) => void
