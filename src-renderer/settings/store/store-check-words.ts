import type { StoreCheck, StoreDraft, StoreStep } from '../../../src-shared/contract/settings-models.ts'
import { checkedWords, takenWords, type Outcome } from '../form/outcome.ts'

export const storeCheckTitles: Record<StoreStep['id'], string> = {
  host: 'Host',
  port: 'Port',
  tls: 'Encryption',
  password: 'User and password',
  database: 'Database',
  version: 'Version',
  rights: 'Rights',
  tables: 'Tables',
}

/** What a check came to, where nothing was to be changed. */
export function storeCheckWords(check: StoreCheck): Outcome {
  return checkedWords(check, storeCheckTitles, 'This database can be used')
}

/** What going over to a store came to. */
export function usedWords(check: StoreCheck, kind: StoreDraft['kind']): Outcome {
  const what = kind === 'sqlite' ? 'This computer’s file' : 'This database'
  return takenWords(check, storeCheckTitles, { done: `${what} is used from now on`, not: 'Not used' })
}
