import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { killProcessesOf } from './processes.ts'

// Outlives the process that started a cluster, however that ends, and leaves nothing of it behind: when its input ends it
// ends all that was started in a folder, and removes that.
const [folder = ''] = process.argv.slice(2)
await once(process.stdin.resume(), 'end')
await killProcessesOf(folder)
rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
