import { readFileSync, writeFileSync } from 'node:fs'
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import type { Log } from '../../runtime/log.ts'

const TrayChoice = Type.Object({
  /** Whether the window is kept in the tray when it is closed. */
  stays: Type.Boolean(),
  /** Whether that was explained when it happened first. */
  explained: Type.Boolean(),
})

export type TrayChoice = Static<typeof TrayChoice>

/** What a person chose; to quit with the window where that is nothing, or cannot be read. */
export function readTrayChoice(file: string, log: Pick<Log, 'warn'>): TrayChoice {
  try {
    const choice: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (Check(TrayChoice, choice)) return choice
    log.warn({ file }, 'what was chosen for the tray has another shape')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      log.warn({ err: error, file }, 'what was chosen for the tray cannot be read')
  }
  return { stays: false, explained: false }
}

/** A failure costs a choice, so it is only logged. */
export function saveTrayChoice(file: string, choice: TrayChoice, log: Pick<Log, 'warn'>): void {
  try {
    writeFileSync(file, JSON.stringify(choice))
  } catch (error) {
    log.warn({ err: error, file }, 'what was chosen for the tray was not saved')
  }
}
