import fc from 'fast-check'
import { inject } from 'vitest'

// No test meets the developer's own keychain on Linux; those of the keychain bring one with them.
process.env['DBUS_SESSION_BUS_ADDRESS'] = 'unix:path=/dev/null'

// For the processes and threads that a test starts.
process.env['NODE_COMPILE_CACHE'] = inject('programs').compiled

// `npm run test:long`: properties are tried with many more inputs.
if (process.env['JIRA_TPM_LONG']) fc.configureGlobal({ numRuns: 2_000 })
