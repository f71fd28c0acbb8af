import type { EventName } from './events.ts'

/** What each event tells, for whoever listens from outside; shown in the OpenAPI document. */
export const EVENT_WORDS: Readonly<Record<EventName, string>> = {
  'counts.changed':
    'A commit changed these minutes. Whoever holds counts at `prevSeq` may put the absolute counts of `changes` in their place and holds `seq` then; whoever holds an older number has missed something and asks `counts.get` anew. `reset`: everything may have changed, ask anew.',
  'sync.changed': 'How the fetching goes, whenever that changes.',
  'run.changed': 'How far a run is, at most a few times a second.',
  'clean-up.changed': 'How far a clean-up is.',
  'store.changed': 'The store works again, does not, or another one is used.',
  'clock.changed': 'The site’s clock runs differently from now on: a compressed run began or ended.',
  'preflight.changed': 'A preflight under way: its steps so far and those to come.',
  'store-check.changed': 'A check of a store under way: its steps so far and those to come.',
  'session.changed': 'Another Jira is watched, or another store used: ask for everything anew.',
  'menu.chosen': 'A menu item of the desktop window was chosen. Not told by a server.',
}
