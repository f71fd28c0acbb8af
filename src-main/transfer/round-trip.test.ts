import { expect, test } from 'vitest'
import { openTestStore } from '../../test-support/store/store.ts'
import { roundTrip } from '../../test-support/transfer/round-trip.ts'
import { EXPORT_FORMATS } from './ticket-lines.ts'

test.each(EXPORT_FORMATS)(
  'what is exported, imported into an empty store, and exported again, is the same to the byte: %s',
  async (format) => {
    const stores = { from: await openTestStore(), into: await openTestStore() }
    await expect(roundTrip(stores, format, 60)).resolves.toBeUndefined()
  },
)
