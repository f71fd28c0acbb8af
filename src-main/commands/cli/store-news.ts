import type { Client } from '../../../src-shared/contract/client.ts'
import type { StoreStatus } from '../../../src-shared/contract/store.ts'
import { errorText } from '../../../src-shared/errors/app-error.ts'
import { say, type CliIo } from './io.ts'

/** What there is to say of a store that is as it should be: nothing. */
const USUAL = { failure: null, insteadOf: null }

/** Says where another store stands in for this call, and from now on what changes with it. */
export async function sayStoreState(io: CliIo, client: Client): Promise<void> {
  const status = await client.call('store.status', {})
  const news = fallbackNews(status)
  if (news !== null) say(io, news)
  else if (status.restored !== undefined) say(io, errorText(status.restored))
  sayStoreNews(io, client, status)
}

/** Says on stderr what changes with the store from now on, to whom it was said how it is. */
export function sayStoreNews(io: CliIo, client: Client, known: KnownStoreState = USUAL): void {
  let last = known
  client.on('store.changed', (status) => {
    const news = storeNews(last, status)
    last = status
    if (news !== null) say(io, news)
  })
}

/** What a command of one call says of a store that another stands in for; null where none does. */
export function fallbackNews({ label, insteadOf }: StoreStatus): string | null {
  if (insteadOf === null) return null
  return `${reasonText(insteadOf)}This call uses ${label} on this machine instead, with what was fetched into it from Jira.`
}

/** Without what it means where nothing stands in. */
function reasonText({ label, failure }: NonNullable<StoreStatus['insteadOf']>): string {
  return `${failure?.what ?? `${label} cannot be used.`} `
}

type KnownStoreState = Pick<StoreStatus, 'failure' | 'insteadOf' | 'warning' | 'restored'>

/** What a person should know who has read the one and not yet the other; null where there is nothing. */
export function storeNews(known: KnownStoreState, status: StoreStatus): string | null {
  const { label, failure, insteadOf } = status
  if (insteadOf !== null && known.insteadOf === null) {
    const why = known.failure === null ? reasonText(insteadOf) : ''
    return `${why}${label} on this machine stands in for ${insteadOf.label}, filled from Jira, until that can be used again.`
  }
  if (insteadOf?.reachable === true && known.insteadOf?.reachable === false) {
    return `${insteadOf.label} can be used again. It is gone back to as soon as no run is under way.`
  }
  if (insteadOf === null && known.insteadOf !== null) {
    return `Back to ${label}; what is missing there is fetched from Jira.`
  }
  if (failure !== null && known.failure === null) return errorText(failure)
  if (status.restored !== undefined && status.restored.sinceMs !== known.restored?.sinceMs)
    return errorText(status.restored)
  if (failure === null && known.failure !== null && insteadOf === null) return `${label} can be used again.`
  return warningNews(known, status)
}

/** Of a store that works, but will not for long. */
function warningNews(
  { warning: known }: KnownStoreState,
  { label, failure, insteadOf, warning }: StoreStatus,
): string | null {
  if (failure !== null || insteadOf !== null || warning?.what === known?.what) return null
  if (warning === undefined) return `${label} can be used for as long as before.`
  return `${warning.message} ${label} can be used until ${new Date(warning.untilMs).toISOString()}. ${warning.hint}`.trim()
}
