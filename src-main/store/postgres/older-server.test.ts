import { afterAll, beforeAll, describe } from 'vitest'
import { storeSuite } from '../store-suite.ts'
import { findPostgres } from '../testing-postgres-bin.ts'
import { startPostgres, type TestPostgres } from '../testing-postgres.ts'
import type { OpenStore } from '../suite/engine.ts'
import { openerOn, withTemplate } from './testing-engine.ts'

/** A major version that many servers still have; the other tests run on the newest. */
const OLDER = 15

const older = findPostgres(OLDER)
if (older === null)
  console.error(`\nThere is no PostgreSQL ${OLDER} here: THE STORE IS NOT TESTED ON AN OLDER SERVER.\n`)

describe.skipIf(older === null)('an older server', () => {
  let server: TestPostgres
  let open: () => Promise<OpenStore>
  beforeAll(async () => {
    server = await startPostgres(older === null ? {} : { bin: older.bin })
    open = openerOn(await withTemplate(server))
  })
  afterAll(() => server.stop())

  storeSuite({ name: `postgres ${OLDER}`, open: () => open() })
})
