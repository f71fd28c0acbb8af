import { test } from 'vitest'
import { openTestStore } from '../store/testing.ts'
import { expectRoundTrip } from './testing-round-trip.ts'
import { EXPORT_FORMATS } from './ticket-lines.ts'

test.each(EXPORT_FORMATS)(
  'what is exported, imported into an empty store, and exported again, is the same to the byte: %s',
  async (format) => {
    await expectRoundTrip({ from: await openTestStore(), into: await openTestStore() }, format, 60)
  },
)
