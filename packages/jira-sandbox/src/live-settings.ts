import { namedPriorities, type CatalogPriority } from './catalog.ts'
import { createTimestampFormat } from './issues/timestamp.ts'
import { MOODS, type MoodName } from './moods.ts'
import { checkMeaning, type SettingsPatch, type StartSettings } from './settings.ts'

/** The settings as they are now, and what follows from them. */
export interface LiveState {
  current(): StartSettings
  /** Under the names that the site gives them, most urgent first. */
  priorities(): readonly CatalogPriority[]
  /** Prints an instant (epoch ms) in the site's zone. */
  timestamp(epochMs: number): string
  mood(): MoodName
  /** Changes some settings. Throws `usage` where they make no sense; then nothing changes. */
  patch(patch: SettingsPatch): void
  /** Takes the settings of the start, and over them those of a mood. */
  setMood(mood: MoodName): void
}

/** `onChange` hears of the settings at once, and whenever they change. */
export function createLiveSettings(
  start: StartSettings,
  onChange: (settings: StartSettings) => void,
): LiveState {
  let state = derived(start)
  let mood: MoodName = 'healthy'
  const take = (settings: StartSettings): void => {
    state = derived(settings)
    onChange(settings)
  }
  onChange(start)

  return {
    current: () => state.settings,
    priorities: () => state.priorities,
    timestamp: (epochMs) => state.timestamp(epochMs),
    mood: () => mood,
    patch(patch) {
      checkMeaning(patch)
      take({ ...state.settings, ...patch })
    },
    setMood(next) {
      mood = next
      take({ ...start, ...MOODS[next].settings })
    },
  }
}

/** What is worked out once and read with every ticket. */
function derived(settings: StartSettings) {
  return {
    settings,
    timestamp: createTimestampFormat(settings.siteZone),
    priorities: namedPriorities(settings.priorityNames),
  }
}
