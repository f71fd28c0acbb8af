import { afterAll, beforeAll, describe } from 'vitest'
import { storeSuite } from '../../../test-support/store-suite/store-suite.ts'
import { findPostgres } from '../../../test-support/store/postgres-bin.ts'
import { startPostgres, type TestPostgres } from '../../../test-support/store/postgres.ts'
import type { OpenStore } from '../../../test-support/store-suite/engine.ts'
import { openerOn, withTemplate } from '../../../test-support/store/postgres/engine.ts'

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
