import { inject } from 'vitest'
import { storeSuite } from '../../../test-support/store-suite/store-suite.ts'
import { openerOn } from '../../../test-support/store/postgres/engine.ts'

const server = inject('postgres')
storeSuite({ name: `postgres ${server.version}`, open: openerOn(server) })
