import path from 'node:path'
import { runBuilder } from './builder.mjs'
import { makeDummyElectron } from './dummy-electron.mjs'
import { bringNatives, KEYRING } from './natives.mjs'

/**
 * What cannot be done to a dummy on Linux: a signature after the fuses were changed (macOS), and the archive's hash in the
 * program's resources (Windows). The release's builds do both.
 */
const WITHOUT = { electronFuses: null, disableAsarIntegrity: true, win: { signAndEditExecutable: false } }

/**
 * Packs the program's folder for every target around a dummy. What is inside is looked at by after-pack.mjs, which fails
 * the build. The native packages of other platforms come from the registry.
 *
 * @param {string} folder for what is made
 * @param {(line: string) => void} say
 */
export async function packEveryTarget(folder, say) {
  for (const target of Object.keys(KEYRING)) {
    const [platform, arch] = target.split('-')
    await bringNatives(target)
    const electronDist = path.join(folder, `electron-${target}`)
    await makeDummyElectron(electronDist, platform)
    await runBuilder(
      { platform, formats: ['dir'], archs: [arch] },
      {
        ...WITHOUT,
        ...(platform === 'darwin' ? { mac: { identity: null } } : {}),
        publish: null,
        electronDist,
        directories: { output: path.join(folder, target) },
      },
      { quiet: true },
    )
    say(`the program for ${target} has inside what it should`)
  }
}
