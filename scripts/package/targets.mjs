/**
 * What is built. Each entry is one call of electron-builder: the AppImage apart from deb and rpm, since it alone updates
 * itself, and both architectures together where one list of updates names both.
 */
export const BUILDS = [
  { platform: 'linux', formats: ['AppImage'], archs: ['x64'], updates: true },
  { platform: 'linux', formats: ['AppImage'], archs: ['arm64'], updates: true },
  { platform: 'linux', formats: ['deb', 'rpm'], archs: ['x64', 'arm64'], updates: false },
  { platform: 'darwin', formats: ['dmg', 'zip'], archs: ['x64', 'arm64'], updates: true },
  { platform: 'win32', formats: ['nsis'], archs: ['x64', 'arm64'], updates: true },
]

/** electron-builder's `${os}`. (Its `${platform}` is the machine's that builds.) */
export const BUILDER_OS = { linux: 'linux', darwin: 'mac', win32: 'win' }

/** The system's name for a person. */
export const SYSTEM = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' }

/** Which systems can make installers for which: the tools for dmg and signing are Apple's, those for rpm not on Windows. */
const MADE_ON = {
  linux: ['linux', 'win32'],
  darwin: ['linux', 'darwin', 'win32'],
  win32: ['win32'],
}

/**
 * The builds that `host` can make out of those of `wanted` platforms, and the platforms that it cannot.
 *
 * @param {NodeJS.Platform} host
 * @param {readonly string[]} wanted
 * @param {readonly string[] | null} archs only these; null: all
 */
export function buildsFor(host, wanted, archs = null) {
  const able = MADE_ON[host] ?? []
  const builds = BUILDS.filter(({ platform }) => wanted.includes(platform) && able.includes(platform))
    .map((build) => ({ ...build, archs: build.archs.filter((arch) => archs?.includes(arch) ?? true) }))
    .filter((build) => build.archs.length > 0)
  return { builds, leftOut: wanted.filter((platform) => !able.includes(platform)) }
}
