import type { SiteJiraParts } from '../jira/open-jira.ts'

/** How a Jira is asked while a person looks on: what goes wrong is told soon, not after minutes of repeats. */
export const WHILE_WATCHED = {
  retryPolicy: { maxRetries: 2, longestAskedWaitMs: 5_000, afterTimeout: false },
  timeouts: { connectMs: 10_000, firstByteMs: 10_000, callMs: 20_000 },
} satisfies Partial<SiteJiraParts>
