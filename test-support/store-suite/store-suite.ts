import { censusSuite } from './census-suite.ts'
import { commitSuite } from './commit-suite.ts'
import { countSuite } from './count-suite.ts'
import type { Engine } from './engine.ts'
import { exportSuite } from './export-suite.ts'
import { firstFetchSuite } from './first-fetch-suite.ts'
import { invariantSuite } from './invariant-suite.ts'
import { leaseSuite } from './lease-suite.ts'
import { removalSuite } from './removal-suite.ts'
import { ledgerSuite } from './ledger-suite.ts'
import { reportSuite } from './report-suite.ts'
import { slotSuite } from './slot-suite.ts'
import { sourceSuite } from './source-suite.ts'
import { tableSuite } from './table-suite.ts'
import { ticketSuite } from './ticket-suite.ts'
import { requestSuite } from './request-suite.ts'
import { writerSuite } from './writer-suite.ts'

/** Everything that a store must do, whatever its engine: one call in the engine's own test file. */
export function storeSuite(engine: Engine): void {
  ticketSuite(engine)
  removalSuite(engine)
  sourceSuite(engine)
  firstFetchSuite(engine)
  censusSuite(engine)
  countSuite(engine)
  exportSuite(engine)
  invariantSuite(engine)
  writerSuite(engine)
  ledgerSuite(engine)
  slotSuite(engine)
  requestSuite(engine)
  leaseSuite(engine)
  commitSuite(engine)
  reportSuite(engine)
  tableSuite(engine)
}
