import { machineClock } from '../../../src-main/runtime/clock.ts'
import { migrate, readMigrations } from '../../../src-main/store/migrate.ts'
import { openConnection } from '../../../src-main/store/sqlite/connection.ts'
import { migrationTarget } from '../../../src-main/store/sqlite/migrations.ts'

// A process whose last migration never ends: it is there to be killed in the middle.
const [file = '', folder = ''] = process.argv.slice(2)
const db = await openConnection(file, machineClock)
await migrate(migrationTarget(db, machineClock), readMigrations('sqlite', folder))
