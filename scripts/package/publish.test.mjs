import { expect, test } from 'vitest'
import { configFrom } from './publish.mjs'

const URL_ENV = { JIRA_TPM_PUBLISH_URL: 'https://downloads.example.com/jira-tpm' }
const APPLE = { APPLE_API_KEY: 'k', APPLE_API_KEY_ID: 'i', APPLE_API_ISSUER: 'j' }
const linux = { platform: 'linux', updates: true }
const mac = { platform: 'darwin', updates: true }
const win = { platform: 'win32', updates: true }

test('without an address nothing updates itself', () => {
  expect(configFrom(linux, {}).publish).toBeNull()
  expect(configFrom(win, { WIN_CSC_LINK: 'x' }).publish).toBeNull()
})

test('an AppImage takes its updates from the folder, or from the releases of the repository', () => {
  const generic = { provider: 'generic', url: 'https://downloads.example.com/jira-tpm' }
  expect(configFrom(linux, URL_ENV).publish).toEqual(generic)
  const github = { provider: 'github', owner: 'someone', repo: 'jira-tpm' }
  expect(configFrom(linux, { GITHUB_REPOSITORY: 'someone/jira-tpm' }).publish).toEqual(github)
  expect(configFrom(linux, { ...URL_ENV, GITHUB_REPOSITORY: 'someone/jira-tpm' }).publish).toEqual(generic)
})

test('deb and rpm never do', () => {
  expect(configFrom({ platform: 'linux', updates: false }, URL_ENV).publish).toBeNull()
})

test('on macOS and Windows only a signed program does, and then the build fails that is not signed', () => {
  for (const build of [mac, win]) {
    expect(configFrom(build, URL_ENV)).toMatchObject({ publish: null })
    expect(configFrom(build, URL_ENV)).not.toHaveProperty('forceCodeSigning')
    const signed = configFrom(build, { ...URL_ENV, CSC_LINK: 'certificate' })
    expect(signed).toMatchObject({ publish: { provider: 'generic' }, forceCodeSigning: true })
  }
  expect(configFrom(mac, { ...URL_ENV, WIN_CSC_LINK: 'x' }).publish).toBeNull()
})

test('a signed program for macOS is notarised where all three keys are there', () => {
  expect(configFrom(mac, { CSC_LINK: 'x', ...APPLE }).mac).toEqual({ notarize: true })
  expect(configFrom(mac, { CSC_LINK: 'x' }).mac).toEqual({ notarize: false })
  expect(() => configFrom(mac, { CSC_LINK: 'x', ...APPLE, APPLE_API_ISSUER: '' })).toThrow(
    'For notarisation APPLE_API_ISSUER must be set too. Nothing was built.',
  )
  expect(() => configFrom(mac, APPLE)).toThrow('Only a signed program can be notarised')
})

test('an unsigned one gets the mark that Apple silicon wants, and may load its own libraries', () => {
  expect(configFrom(mac, {}).mac).toEqual({ identity: '-', hardenedRuntime: false, notarize: false })
})

test('addresses are https, and repositories owner/name', () => {
  expect(() => configFrom(linux, { JIRA_TPM_PUBLISH_URL: 'http://downloads.example.com' })).toThrow('https')
  expect(() => configFrom(linux, { JIRA_TPM_HOMEPAGE: 'nowhere' })).toThrow('JIRA_TPM_HOMEPAGE is nowhere')
  for (const repository of ['jira-tpm', 'a/b/c', '/b']) {
    expect(() => configFrom(linux, { GITHUB_REPOSITORY: repository })).toThrow('owner/name is expected')
  }
})

test('the Linux packages say who looks after them', () => {
  const config = configFrom(linux, {
    JIRA_TPM_HOMEPAGE: 'https://x.example',
    JIRA_TPM_MAINTAINER: 'A <a@x.example>',
  })
  expect(config).toMatchObject({
    extraMetadata: { homepage: 'https://x.example/' },
    linux: { maintainer: 'A <a@x.example>' },
  })
})
