import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readFeed, updateKind, type Build } from './update-kind.ts'

const FEED = 'provider: generic\nurl: https://updates.example.com\nupdaterCacheDirName: jira-tpm-updater\n'
const SIGNED_FEED = `${FEED}publisherName:\n  - The Jira TPM authors\n`
const APP_IMAGE = { APPIMAGE: '/home/me/Jira TPM.AppImage', APPDIR: '/tmp/.mount_x' }

function build(platform: NodeJS.Platform, change: Partial<Build> = {}): Build {
  const execPath = '/opt/Jira TPM/jira-tpm-desktop'
  return { isPackaged: true, feed: FEED, place: { platform, execPath, env: {} }, ...change }
}

test('an AppImage, a signed macOS program and a signed Windows program may be updated', () => {
  const place = { platform: 'linux', execPath: '/tmp/.mount_x/jira-tpm-desktop', env: APP_IMAGE } as const
  expect(updateKind(build('linux', { place }))).toBe('app-image')
  expect(updateKind(build('darwin'))).toBe('mac')
  expect(updateKind(build('win32', { feed: SIGNED_FEED }))).toBe('windows')
})

test.each<[string, Build]>([
  ['a deb or rpm', build('linux')],
  [
    'a deb that somebody else’s AppImage started',
    build('linux', {
      place: { platform: 'linux', execPath: '/opt/Jira TPM/jira-tpm-desktop', env: APP_IMAGE },
    }),
  ],
  ['an unsigned macOS program', build('darwin', { feed: null })],
  ['an unsigned Windows program', build('win32', { feed: null })],
  ['a Windows program whose signer is not named', build('win32')],
  ['one that runs from source', build('darwin', { isPackaged: false })],
  ['another system', build('freebsd')],
])('%s may not', (_name, unsigned) => {
  expect(updateKind(unsigned)).toBeNull()
})

test('the feed is what lies beside the program, or nothing', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tpm-feed-'))
  expect(readFeed(folder)).toBeNull()
  await writeFile(path.join(folder, 'app-update.yml'), FEED)
  expect(readFeed(folder)).toBe(FEED)
  await rm(folder, { recursive: true })
})
