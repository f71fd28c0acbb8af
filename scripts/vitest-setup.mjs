import fc from 'fast-check'
import { afterAll, expect, inject, vi } from 'vitest'
import { endOfFile } from '../test-support/end.ts'
import { watch } from './vitest-watchdog.mjs'

watch(expect.getState().testPath)

// No test meets the developer's own keychain on Linux; those of the keychain bring one with them.
process.env['DBUS_SESSION_BUS_ADDRESS'] = 'unix:path=/dev/null'

// For the processes and threads that a test starts.
process.env['NODE_COMPILE_CACHE'] = inject('programs').compiled

// `npm run test:long`: properties are tried with many more inputs.
if (process.env['JIRA_TPM_LONG']) fc.configureGlobal({ numRuns: 2_000 })

// The next file of this worker finds everything as this one did.
afterAll(async () => {
  await endOfFile()
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
})

// vitest waits for one second, and there are machines on which that is no sign of anything.
const PATIENT = { timeout: 15_000, interval: 50 }
const { waitFor } = vi
if (!waitFor.isPatient) {
  const patient = (callback, options = PATIENT) => waitFor(callback, options)
  vi.waitFor = Object.assign(patient, { isPatient: true })
}
