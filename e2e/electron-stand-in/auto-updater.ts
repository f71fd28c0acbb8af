import { EventEmitter } from 'node:events'
import { carried } from './carried.ts'

/** What electron-updater tells of a restart to; updates of the system's own kind there are none here. */
export const autoUpdater = carried('autoUpdater', new EventEmitter())
