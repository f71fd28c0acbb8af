import fc from 'fast-check'

// `npm run test:long`: properties are tried with many more inputs.
if (process.env['JIRA_TPM_LONG']) fc.configureGlobal({ numRuns: 2_000 })
