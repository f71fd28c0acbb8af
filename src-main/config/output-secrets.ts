const PREFIX = 'JIRA_TPM_OUTPUT_'

/** The variable of the environment that is the secret of an output of alerts, by the output's name. */
export function outputVariable(name: string): string {
  return PREFIX + name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')
}

/** Those that an environment sets, or names by a file. */
export function outputVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const names = Object.keys(env).filter((name) => name.startsWith(PREFIX) && env[name]?.trim())
  return [...new Set(names.map((name) => name.replace(/_FILE$/, '')))]
}
