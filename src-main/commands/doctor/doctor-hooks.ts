import { hooksText } from '../../../src-shared/domain/text/hooks-text.ts'
import type { Config } from '../../config/config.ts'
import { createSiteTime, machineClock } from '../../runtime/clock.ts'
import { knownSite } from '../../sites/known-site.ts'
import type { HookBook } from '../../store/hooks.ts'
import { hooksStatus } from '../../sync/hook-health.ts'
import { syncScope } from '../../sync/scope.ts'
import type { DoctorParts, LookResult } from './doctor-store.ts'

/** How Jira's webhooks come, by what is stored; no step where none were ever taken. */
export async function checkHooks(config: Config, { open, findings, signal }: DoctorParts): Promise<void> {
  const store = await open(config.store, signal)
  try {
    const known = await knownSite(store, config, machineClock.now())
    if (known === null) return
    const { site, watched, watchedField } = known
    const priorityIds = watched.map(({ id }) => id)
    const scope = syncScope({ projectKey: config.projectKey, priorityIds, fieldId: watchedField.id })
    const book = await store.hookBook(site.id, scope)
    if (book === null) return
    const time = createSiteTime(machineClock)
    time.set(known.clock)
    await findings.look('webhooks', () => foundOf(book, time.now()))
  } finally {
    await store.close()
  }
}

function foundOf(book: HookBook, siteMs: number): LookResult {
  if (!book.isListening) {
    return {
      message: 'Nobody takes Jira’s webhooks now: Jira is asked every few seconds. serve --hooks takes them.',
    }
  }
  // What a fetch of another process has found by now and not written down, that process shows.
  const { text, hint } = hooksText(hooksStatus(book, { isInDoubt: false, siteMs }))
  return { message: text, hint }
}
