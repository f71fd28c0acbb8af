import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { signalServer } from './postgres-processes.ts'

// Outlives the process of a test, however that ends, and leaves nothing of its server behind. Each line of its input is
// the pid of the server that runs now, 0 for none; the input ends with the test's process. Its argument is a folder that
// goes too.
const [folder = ''] = process.argv.slice(2)
let postmaster = 0
for await (const line of createInterface({ input: process.stdin })) postmaster = Number(line)
if (postmaster !== 0) signalServer(postmaster, 'SIGKILL')
rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
