import { namedPriorities } from './catalog.ts'
import { createTimestampFormat } from './issues/timestamp.ts'
import { checkMeaning, type SettingsPatch, type StartSettings } from './settings.ts'

/**
 * The settings as they are now, and what follows from them: those of the start with what was changed since, and over
 * them what the faults of the site make of them. `onChange` is called with them at once, and at each change.
 */
export function createLiveSettings(start: StartSettings, onChange: (settings: StartSettings) => void) {
  let base = start
  let spoilt: SettingsPatch = {}
  let state = derived(start)
  const take = (): void => {
    state = derived({ ...base, ...spoilt })
    onChange(state.settings)
  }
  onChange(start)

  return {
    current: () => state.settings,
    /** Under the names that the site gives them, most urgent first. */
    priorities: () => state.priorities,
    /** Prints an instant (epoch ms) in the site's zone. */
    timestamp: (epochMs: number) => state.timestamp(epochMs),
    /** Changes some settings, also where a fault has set them. Throws `usage` where they make no sense; then nothing changes. */
    patch(patch: SettingsPatch): void {
      checkMeaning(patch)
      base = { ...base, ...patch }
      const left = Object.entries(spoilt).filter(([name]) => !Object.hasOwn(patch, name))
      spoilt = Object.fromEntries(left)
      take()
    },
    /** Replaces what faults make of the settings. Throws as `patch`. */
    spoil(settings: SettingsPatch): void {
      checkMeaning(settings)
      spoilt = settings
      take()
    },
    /** Takes the settings of the start again. */
    restart(): void {
      base = start
      take()
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
