import type { Client } from '../../src-shared/contract/client.ts'
import type { StoreStatus } from '../../src-shared/contract/models.ts'
import { errorText } from '../../src-shared/errors/app-error.ts'
import { say, type CliIo } from './io.ts'

/** What there is to say of a store that is as it should be: nothing. */
const USUAL = { failure: null, insteadOf: null }

/** Says on stderr what is amiss with the store: as it is now, where that is known, and at each change from now on. */
export function tellStoreNews(io: CliIo, client: Client, now?: StoreStatus): void {
  let told: Told = USUAL
  const tell = (status: StoreStatus): void => {
    const news = storeNews(told, status)
    told = status
    if (news !== null) say(io, news)
  }
  if (now !== undefined) tell(now)
  client.on('store.changed', tell)
}

type Told = Pick<StoreStatus, 'failure' | 'insteadOf'>

/** What a person should know who was told the one and not yet the other; null where there is nothing. */
export function storeNews(told: Told, { label, failure, insteadOf }: StoreStatus): string | null {
  if (insteadOf !== null && told.insteadOf === null) {
    const why = told.failure === null && insteadOf.failure ? `${insteadOf.failure.message} ` : ''
    return `${why}${label} on this machine stands in for ${insteadOf.label}, filled from Jira, until that can be used again.`
  }
  if (insteadOf?.reachable === true && told.insteadOf?.reachable === false) {
    return `${insteadOf.label} can be used again. It is gone back to as soon as no run is under way.`
  }
  if (insteadOf === null && told.insteadOf !== null) {
    return `Back to ${label}; what is missing there is fetched from Jira.`
  }
  if (failure !== null && told.failure === null) return errorText(failure)
  if (failure === null && told.failure !== null && insteadOf === null) return `${label} can be used again.`
  return null
}
