import { commitSuite } from './suite/commit-suite.ts'
import { countSuite } from './suite/count-suite.ts'
import type { Engine } from './suite/engine.ts'
import { invariantSuite } from './suite/invariant-suite.ts'
import { leaseSuite } from './suite/lease-suite.ts'
import { ledgerSuite } from './suite/ledger-suite.ts'
import { tableSuite } from './suite/table-suite.ts'
import { ticketSuite } from './suite/ticket-suite.ts'

/** Everything that a store must do, whatever its engine: one call in the engine's own test file. */
export function storeSuite(engine: Engine): void {
  ticketSuite(engine)
  countSuite(engine)
  invariantSuite(engine)
  ledgerSuite(engine)
  leaseSuite(engine)
  commitSuite(engine)
  tableSuite(engine)
}
