import { inject } from 'vitest'
import { storeSuite } from '../store-suite.ts'
import { openerOn } from './testing-engine.ts'

const server = inject('postgres')
storeSuite({ name: `postgres ${server.version}`, open: openerOn(server) })
