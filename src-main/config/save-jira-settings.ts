import type { Settings } from '../../src-shared/contract/settings-models.ts'
import { changeConfigFile } from './change-config-file.ts'
import { withoutJira, type ConfigFile } from './config-file.ts'

/** The Jira part of config.json. A token is no part of it. */
export type JiraSettings = NonNullable<Settings['jira']>

/**
 * Sets which Jira this workspace watches from the next start on; null: the sandbox. All else in config.json stays.
 * Throws `not-configured`, `folder-not-writable` or `busy`.
 */
export function saveJiraSettings(dataDir: string, settings: JiraSettings | null): Promise<void> {
  return changeConfigFile(dataDir, (content) => {
    const rest = withoutJira(content)
    return settings === null ? rest : { ...jiraPart(settings), ...rest }
  })
}

/** Field by field: whatever else the caller's object holds, as a token, stays out. */
function jiraPart({ url, user, projectKey, caFile, tokenExpiresOn, watch }: JiraSettings): ConfigFile {
  const { field, ids } = watch
  return {
    jira: url,
    ...(user === null ? {} : { user }),
    ...(projectKey === null ? {} : { project: projectKey }),
    ...(caFile === null ? {} : { caFile }),
    ...(tokenExpiresOn === null ? {} : { tokenExpires: tokenExpiresOn }),
    watch: { field: { id: field.id, name: field.name }, ids: [...ids] },
  }
}
