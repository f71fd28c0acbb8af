import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { root } from '../build-if-stale.mjs'
import { npmCommand } from './npm.mjs'
import { BUILDER_OS } from './targets.mjs'

/** The package that has the keychain's native part for a target. */
export const KEYRING = {
  'linux-x64': '@napi-rs/keyring-linux-x64-gnu',
  'linux-arm64': '@napi-rs/keyring-linux-arm64-gnu',
  'darwin-x64': '@napi-rs/keyring-darwin-x64',
  'darwin-arm64': '@napi-rs/keyring-darwin-arm64',
  'win32-x64': '@napi-rs/keyring-win32-x64-msvc',
  'win32-arm64': '@napi-rs/keyring-win32-arm64-msvc',
}

/**
 * Puts the native parts of a target where electron-builder.yml takes them from, `dist/natives/OS-ARCH`. better-sqlite3
 * brings all platforms' along. Of the keychain's packages `npm ci` installs this machine's only; another one's is
 * fetched from the registry, as package-lock.json has it: its version and its hash. Throws where that fails.
 *
 * @param {string} target such as `linux-arm64`
 */
export async function bringNatives(target) {
  const name = KEYRING[target]
  const [platform, arch] = target.split('-')
  const to = path.join(root, 'dist', 'natives', `${BUILDER_OS[platform]}-${arch}`)
  await rm(to, { recursive: true, force: true })
  await mkdir(to, { recursive: true })
  const prebuild = path.join('better-sqlite3', 'prebuilds', `${target}.node`)
  await cp(path.join(root, 'node_modules', prebuild), path.join(to, prebuild))
  const installed = path.join(root, 'node_modules', name)
  if (existsSync(installed)) await copyPackage(installed, path.join(to, name))
  else await fetchPackage(name, target, path.join(to, name))
}

async function fetchPackage(name, target, to) {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-natives-'))
  try {
    const lock = JSON.parse(await readFile(path.join(root, 'package-lock.json'), 'utf8'))
    for (const [file, content] of Object.entries(lockedProject(name, lock))) {
      await writeFile(path.join(folder, file), JSON.stringify(content))
    }
    // --force: it is for another processor than this one's, on purpose.
    const { command, args } = npmCommand(['ci', '--force', '--ignore-scripts', '--no-audit', '--no-fund'])
    await promisify(execFile)(command, args, { cwd: folder })
    await copyPackage(path.join(folder, 'node_modules', name), to)
  } catch (cause) {
    throw new Error(
      `${name} could not be fetched; without it the program for ${target} has no keychain, so it was not built. ` +
        `Is the npm registry within reach? ${cause.stderr ?? cause.message}`,
      { cause },
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * A project of that one package, in npm's two files; it must be the one that package-lock.json of this project names.
 *
 * @param {string} name
 * @param {{ packages: Record<string, { version: string, integrity?: string }> }} lock
 */
export function lockedProject(name, lock) {
  const locked = lock.packages[`node_modules/${name}`]
  if (!locked?.integrity) throw new Error(`package-lock.json has no hash of ${name}`)
  const { version, integrity, os, cpu, libc } = locked
  const dependencies = { [name]: version }
  const manifest = { name: 'natives', version: '1.0.0', private: true, dependencies }
  return {
    'package.json': manifest,
    'package-lock.json': {
      name: 'natives',
      version: '1.0.0',
      lockfileVersion: 3,
      packages: {
        '': { name: 'natives', version: '1.0.0', dependencies },
        [`node_modules/${name}`]: { version, integrity, os, cpu, libc },
      },
    },
  }
}

function copyPackage(from, to) {
  return cp(from, to, { recursive: true, filter: (file) => path.basename(file) !== 'README.md' })
}
