import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { withFolderLock } from '../workspace/folder-lock.ts'
import { configFilePath, readConfigFile, type ConfigFile } from './config-file.ts'
import { writeFailure } from './data-dir.ts'

/**
 * Writes another config.json: whoever reads it has the old one or the new one, never half of it, and two processes do
 * not undo each other's changes. Throws `not-configured` (the old one is not right), `folder-not-writable` or `busy`.
 */
export async function changeConfigFile(
  dataDir: string,
  change: (content: ConfigFile) => ConfigFile,
): Promise<void> {
  const file = configFilePath(dataDir)
  try {
    await withFolderLock(dataDir, () => replace(file, change(readConfigFile(dataDir))))
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError(
      'folder-not-writable',
      `The settings file ${file} cannot be written: ${writeFailure(cause)}. The settings are as they were.`,
      { hint: 'Make room or make the folder writable, and try it again.', cause },
    )
  }
}

function replace(file: string, content: ConfigFile): void {
  const draft = `${file}.${process.pid}`
  try {
    writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flush: true })
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}
