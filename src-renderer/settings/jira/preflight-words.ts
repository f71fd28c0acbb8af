import type { Preflight, PreflightStep } from '../../../src-shared/contract/settings-models.ts'
import { checkedWords, takenWords, type Outcome } from '../form/outcome.ts'

export const preflightTitles: Record<PreflightStep['id'], string> = {
  address: 'Address',
  certificate: 'Certificate',
  server: 'Server',
  identity: 'Account',
  'time-zone': 'Time zone',
  clock: 'Clock',
  project: 'Project',
  'issue-type': 'Issue type',
  priority: 'Priority on new tickets',
  watched: 'Watched values',
  create: 'Creating tickets',
  delete: 'Deleting tickets',
  token: 'Token’s last day',
}

/** What a check came to, where nothing was to be changed. */
export function preflightWords(preflight: Preflight): Outcome {
  return checkedWords(preflight, preflightTitles, 'This Jira can be watched')
}

/** What connecting came to. */
export function connectedWords(preflight: Preflight): Outcome {
  return takenWords(preflight, preflightTitles, { done: 'Connected', not: 'Not connected' })
}
