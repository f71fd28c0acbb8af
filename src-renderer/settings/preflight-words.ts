import type { Preflight, PreflightStep } from '../../src-shared/contract/settings-models.ts'

/** What became of a check or a connection, as it is told above the steps. */
export interface Outcome {
  readonly tone: 'good' | 'warning' | 'bad' | 'quiet'
  readonly message: string
  readonly hint: string
  /** Whether the Jira that was tried is the one that is watched now. */
  readonly connected?: boolean
}

const titles: Record<PreflightStep['id'], string> = {
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

const states: Record<PreflightStep['state'], string> = {
  waiting: 'waiting',
  running: 'being checked',
  ok: 'good',
  warning: 'good, with a warning',
  failed: 'failed',
  'not-tried': 'not tried',
}

export function stepTitle(id: PreflightStep['id']): string {
  return titles[id]
}

/** The state of a step for who does not see its sign. */
export function stateWords(state: PreflightStep['state']): string {
  return states[state]
}

/** What a check came to, where nothing was to be changed. */
export function checkedWords(preflight: Preflight): Outcome {
  return preflight.state === 'green'
    ? goodWords(preflight, 'This Jira can be watched')
    : { tone: 'bad', message: failedWords(preflight), hint: '' }
}

/** What connecting came to. */
export function connectedWords(preflight: Preflight): Outcome {
  return preflight.state === 'green'
    ? { ...goodWords(preflight, 'Connected'), connected: true }
    : {
        tone: 'bad',
        message: `Not connected, because ${failedWords(preflight)} Nothing was changed.`,
        hint: '',
      }
}

function goodWords({ steps }: Preflight, done: string): Outcome {
  const warnings = steps.filter(({ state }) => state === 'warning').length
  if (warnings === 0) return { tone: 'good', message: `${done}.`, hint: '' }
  return {
    tone: 'warning',
    message: `${done}, with ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}.`,
    hint: '',
  }
}

function failedWords({ steps }: Preflight): string {
  const names = steps.filter(({ state }) => state === 'failed').map(({ id }) => titles[id])
  return `${names.length} ${names.length === 1 ? 'step' : 'steps'} failed: ${names.join(', ')}.`
}
