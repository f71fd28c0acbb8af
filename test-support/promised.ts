const LONG = process.env['JIRA_TPM_LONG'] !== undefined

/**
 * The most milliseconds that a test lets something take: what is promised in the long run, which has its machine for
 * itself; by default what a machine that is busy with others does not break, and a fault does.
 */
export function promisedMs(ms: number): number {
  return LONG ? ms : 3 * ms + 500
}
