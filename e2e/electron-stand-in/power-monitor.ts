import { EventEmitter } from 'node:events'
import { carried } from './carried.ts'

/** The machine's sleep: a test emits `suspend` and `resume` on it. */
export const powerMonitor = carried('powerMonitor', new EventEmitter())
