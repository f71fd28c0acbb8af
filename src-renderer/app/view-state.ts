import { createStore, type Schedule, type Store } from '../store.ts'
import { applyTheme } from '../settings/theme.ts'
import { loadPreferences, savePreferences, type Preferences } from '../settings/preferences.ts'

type DialogName = 'keys' | 'commands' | 'stop-run' | 'drop-tables'

/** A bar that is looked at, counted from the left, and whether the keys chose it or the pointer is over it. */
interface Cursor {
  readonly slot: number
  readonly byKey: boolean
}

/** How the window shows what it knows. Nothing of this concerns the core. */
export interface ViewState extends Preferences {
  readonly page: 'dashboard' | 'settings'
  readonly cursor: Cursor | null
  /** Whether the form for another run is open beside the last run's end. */
  readonly runForm: boolean
  readonly dialog: DialogName | null
}

/** The view state as it was left the last time; what a person prefers is kept again, and the theme put on, at each change. */
export function createViewState(storage: Storage, schedule: Schedule): Store<ViewState> {
  const store = createStore<ViewState>(
    { ...loadPreferences(storage), page: 'dashboard', cursor: null, runForm: false, dialog: null },
    schedule,
  )
  applyTheme(store.get().theme)
  store.subscribe(() => {
    const { view, binMinutes, asTable, theme } = store.get()
    applyTheme(theme)
    savePreferences(storage, { view, binMinutes, asTable, theme })
  })
  return store
}
