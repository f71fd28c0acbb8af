import type { Settings, StoreSettings } from '../../../src-shared/contract/settings-models.ts'
import { secretSentence } from '../form/secret-words.ts'
import { USUAL_PORT } from './store-fields.ts'

/** Where tickets are kept and where the password is, in a sentence or two. `isDown`: it is set, but cannot be used. */
export function storeNowWords(
  { store, passwordIn }: StoreSettings,
  secrets: Settings['secrets'],
  isDown: boolean,
): string {
  if (store.kind === 'sqlite') {
    return `Tickets are kept in ${store.label}, a file on this computer. A PostgreSQL database can take its place, for everyone to see the same.`
  }
  const { host, port, database, user } = store
  const server = (host.includes(':') ? `[${host}]` : host) + (port === USUAL_PORT ? '' : `:${port}`)
  const password = secretSentence('password', passwordIn, secrets, 'No password is kept, and none is sent.')
  const is = isDown ? `is set as ${user}, but cannot be used` : `is used as ${user}`
  return `PostgreSQL at ${server}/${database} ${is}. ${password}`
}
