import type { Preflight, Settings } from '../../src-shared/contract/settings-models.ts'

/** What `connect --json` prints. */
export function connectedDocument(preflight: Preflight, { jira, tokenIn }: Settings): unknown {
  return {
    url: jira?.url ?? null,
    deployment: preflight.deployment,
    project: jira?.projectKey ?? null,
    watched: preflight.choices.watched,
    tokenIn,
    steps: preflight.steps,
  }
}

/** The same for a person. */
export function connectedText(preflight: Preflight, { jira, tokenIn, secrets }: Settings): string {
  const what = preflight.deployment === 'data-center' ? 'Jira Data Center' : 'Jira Cloud'
  const watched = preflight.choices.watched.map(({ name }) => name).join(', ')
  return [
    `Connected: ${what} at ${jira?.url ?? ''}, ${jira?.projectKey ?? 'every project'}, watching ${watched}.`,
    `The token ${tokenIn === 'environment' ? 'comes from the environment' : tokenIn === 'vault' ? 'comes from Vault' : `is in ${secrets.label}`}. jira-tpm fetch-tickets fetches; jira-tpm plot-data shows.`,
  ].join('\n')
}
