import { inject } from 'vitest'
import { storeSuite } from '../store-suite.ts'
import { openOn } from './testing-engine.ts'

const server = inject('postgres')
storeSuite({ name: `postgres ${server.version}`, open: () => openOn(server) })
