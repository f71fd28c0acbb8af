import type { Client } from '../../src-shared/contract/client.ts'
import type { StoreStatus } from '../../src-shared/contract/models.ts'
import { errorText } from '../../src-shared/errors/app-error.ts'
import { say, type CliIo } from './io.ts'

/** What there is to say of a store that is as it should be: nothing. */
const USUAL = { failure: null, insteadOf: null }

/** Says on stderr what changes with the store from now on, to who was `told` how it is. */
export function tellStoreNews(io: CliIo, client: Client, told: Told = USUAL): void {
  let last = told
  client.on('store.changed', (status) => {
    const news = storeNews(last, status)
    last = status
    if (news !== null) say(io, news)
  })
}

/** What a command of one call says of a store that another stands in for; null where none does. */
export function standInNews({ label, insteadOf }: StoreStatus): string | null {
  if (insteadOf === null) return null
  return `${whyNot(insteadOf)}This call uses ${label} on this machine instead, with what was fetched into it from Jira.`
}

/** An error's first sentence says what happened, the others what that means where nothing stands in. */
function whyNot({ label, failure }: NonNullable<StoreStatus['insteadOf']>): string {
  const [happened] = failure?.message.split(/(?<=\.) /) ?? []
  return `${happened ?? `${label} cannot be used.`} `
}

type Told = Pick<StoreStatus, 'failure' | 'insteadOf' | 'warning'>

/** What a person should know who was told the one and not yet the other; null where there is nothing. */
export function storeNews(told: Told, status: StoreStatus): string | null {
  const { label, failure, insteadOf } = status
  if (insteadOf !== null && told.insteadOf === null) {
    const why = told.failure === null ? whyNot(insteadOf) : ''
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
  return warningNews(told, status)
}

/** Of a store that works, but will not for long. */
function warningNews(
  { warning: told }: Told,
  { label, failure, insteadOf, warning }: StoreStatus,
): string | null {
  if (failure !== null || insteadOf !== null || warning?.message === told?.message) return null
  if (warning === undefined) return `${label} can be used for as long as before.`
  return `${warning.message} ${label} can be used until ${new Date(warning.untilMs).toISOString()}. ${warning.hint}`.trim()
}
