import { censusSuite } from './suite/census-suite.ts'
import { commitSuite } from './suite/commit-suite.ts'
import { countSuite } from './suite/count-suite.ts'
import type { Engine } from './suite/engine.ts'
import { exportSuite } from './suite/export-suite.ts'
import { firstFetchSuite } from './suite/first-fetch-suite.ts'
import { invariantSuite } from './suite/invariant-suite.ts'
import { leaseSuite } from './suite/lease-suite.ts'
import { leaverSuite } from './suite/leaver-suite.ts'
import { ledgerSuite } from './suite/ledger-suite.ts'
import { reportSuite } from './suite/report-suite.ts'
import { slotSuite } from './suite/slot-suite.ts'
import { sourceSuite } from './suite/source-suite.ts'
import { tableSuite } from './suite/table-suite.ts'
import { ticketSuite } from './suite/ticket-suite.ts'
import { wishSuite } from './suite/wish-suite.ts'
import { writerSuite } from './suite/writer-suite.ts'

/** Everything that a store must do, whatever its engine: one call in the engine's own test file. */
export function storeSuite(engine: Engine): void {
  ticketSuite(engine)
  leaverSuite(engine)
  sourceSuite(engine)
  firstFetchSuite(engine)
  censusSuite(engine)
  countSuite(engine)
  exportSuite(engine)
  invariantSuite(engine)
  writerSuite(engine)
  ledgerSuite(engine)
  slotSuite(engine)
  wishSuite(engine)
  leaseSuite(engine)
  commitSuite(engine)
  reportSuite(engine)
  tableSuite(engine)
}
