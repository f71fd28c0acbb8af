import type { Config } from '../config/config.ts'
import { keptAccountZone } from '../sites/known-site.ts'
import type { Store } from '../store/store.ts'
import { syncScope } from '../sync/scope.ts'
import { createCalendarZone } from './calendar-zone.ts'
import { createUsual, type UsualParts, type UsualSource } from './usual.ts'

interface OpenUsualParts extends Pick<UsualParts, 'siteId' | 'scope' | 'clock'> {
  readonly config: Config
  readonly store: Store
  readonly siteTime: UsualParts['time']
  readonly watchedField: { readonly id: string }
  /** See `createAccountZone`. */
  readonly accountZone: () => Promise<string>
  /** Keeps a zone that the account was found to have. */
  readonly keepZone: (zone: string) => void
}

/** What is usual at the site that is open. */
export async function openUsual(parts: OpenUsualParts): Promise<UsualSource> {
  const { config, store, scope, siteTime, watchedField, accountZone, keepZone } = parts
  const zone = createCalendarZone({
    chosen: config.calendarZone,
    kept: await keptAccountZone(store, config),
    shown: config.zone,
    account: accountZone,
    keep: keepZone,
  })
  const scopeName = syncScope({ ...scope, fieldId: watchedField.id })
  return createUsual({
    ...parts,
    scopeName,
    time: siteTime,
    zone,
    incidents: () => store.incidentSpans(parts.siteId),
  })
}
