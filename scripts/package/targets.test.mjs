import { expect, test } from 'vitest'
import { KEYRING } from './natives.mjs'
import { BUILDS, buildsFor } from './targets.mjs'

const ALL = ['linux', 'darwin', 'win32']

test('every format of every system is built for both processors', () => {
  const made = BUILDS.flatMap(({ formats, archs }) =>
    formats.flatMap((format) => archs.map((arch) => `${format} ${arch}`)),
  )
  const formats = ['AppImage', 'deb', 'rpm', 'dmg', 'zip', 'nsis']
  expect(made.toSorted()).toEqual(
    formats.flatMap((format) => [`${format} arm64`, `${format} x64`]).toSorted(),
  )
  for (const { platform, archs } of BUILDS)
    for (const arch of archs) expect(KEYRING).toHaveProperty(`${platform}-${arch}`)
})

test('what a system cannot make is told', () => {
  expect(buildsFor('darwin', ALL).leftOut).toEqual([])
  const onLinux = buildsFor('linux', ALL)
  expect(onLinux.leftOut).toEqual(['darwin'])
  expect(new Set(onLinux.builds.map(({ platform }) => platform))).toEqual(new Set(['linux', 'win32']))
  expect(buildsFor('win32', ALL).leftOut).toEqual(['linux', 'darwin'])
})

test('one processor leaves the other out', () => {
  const { builds } = buildsFor('linux', ['linux'], ['arm64'])
  expect(builds.flatMap(({ formats }) => formats)).toEqual(['AppImage', 'deb', 'rpm'])
  expect(builds.every(({ archs }) => archs.join() === 'arm64')).toBe(true)
})
