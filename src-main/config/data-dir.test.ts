import { describe, expect, test } from 'vitest'
import { defaultDataDir } from './data-dir.ts'

describe("the default folder is Electron's userData", () => {
  test.each([
    { platform: 'linux', env: {}, folder: '/home/me/.config/Jira TPM' },
    { platform: 'linux', env: { XDG_CONFIG_HOME: '/x' }, folder: '/x/Jira TPM' },
    { platform: 'darwin', env: {}, folder: '/home/me/Library/Application Support/Jira TPM' },
    { platform: 'win32', env: { APPDATA: 'C:\\A' }, folder: 'C:\\A\\Jira TPM' },
    { platform: 'linux', env: { JIRA_TPM_DATA_DIR: '/mine' }, folder: '/mine' },
  ] as const)('$platform with $env', ({ platform, env, folder }) => {
    expect(defaultDataDir(env, platform, '/home/me')).toBe(folder)
  })
})
