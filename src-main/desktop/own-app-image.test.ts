import { expect, test } from 'vitest'
import { ownAppImage } from './updates/update-kind.ts'

const FILE = '/home/me/Jira TPM.AppImage'
const MOUNT = '/tmp/.mount_JiraTPx'
const RUNS = {
  platform: 'linux',
  execPath: `${MOUNT}/jira-tpm-desktop`,
  env: { APPIMAGE: FILE, APPDIR: MOUNT },
} as const

test('is the file that the program was started from', () => {
  expect(ownAppImage(RUNS)).toBe(FILE)
})

test.each([
  ['a deb that another AppImage started', { execPath: '/opt/Jira TPM/jira-tpm-desktop' }],
  ['a folder that only begins like the mount', { execPath: `${MOUNT}-else/jira-tpm-desktop` }],
  ['a deb', { execPath: '/opt/Jira TPM/jira-tpm-desktop', env: {} }],
  ['an AppImage without a mount', { env: { APPIMAGE: FILE } }],
  ['a file that is named from somewhere', { env: { APPIMAGE: 'Jira TPM.AppImage', APPDIR: MOUNT } }],
  ['macOS', { platform: 'darwin' }],
  ['Windows', { platform: 'win32' }],
] as const)('%s is none', (_name, change) => {
  expect(ownAppImage({ ...RUNS, ...change })).toBeNull()
})
