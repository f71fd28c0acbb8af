import type { Settings } from '../../src-shared/contract/settings.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { withFolderLock } from '../workspace/folder-lock.ts'
import { configFilePath, readConfigFile, withoutJira, type ConfigFile } from './config-file.ts'
import type { StoreConfig } from './config.ts'
import { writeFailure } from './data-dir.ts'
import { storeText, workspaceStore } from './store-config.ts'
import { replaceJson } from '../runtime/private-files.ts'

/**
 * Writes another config.json: a reader gets the old one or the new one, never half of it, and two processes do
 * not undo each other's changes. Throws `not-configured` (the old one is not right), `folder-not-writable` or `busy`.
 */
export async function changeConfigFile(
  dataDir: string,
  change: (content: ConfigFile) => ConfigFile,
): Promise<void> {
  const file = configFilePath(dataDir)
  try {
    await withFolderLock(dataDir, () => replaceJson(file, change(readConfigFile(dataDir))))
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError(
      'folder-not-writable',
      `The settings file ${file} cannot be written: ${writeFailure(cause)}.`,
      {
        consequence: 'The settings are as they were.',
        hint: 'Make room or make the folder writable, and try it again.',
        cause,
      },
    )
  }
}

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

/**
 * Sets where this workspace keeps its tickets from the next start on. All else in config.json stays; a password is no
 * part of it. Throws `not-configured`, `folder-not-writable` or `busy`.
 */
export function saveStoreSettings(dataDir: string, store: StoreConfig): Promise<void> {
  const isDefault = store.kind === 'sqlite' && store.file === workspaceStore(dataDir).file
  return changeConfigFile(dataDir, ({ store: _former, ...rest }) =>
    isDefault ? rest : { ...rest, store: storeText(store) },
  )
}
