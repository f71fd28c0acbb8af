import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, symlink } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { npmCommand } from './npm.mjs'

const run = promisify(execFile)

/** Megabytes that the installed package may have, as `du` counts them (1,024 × 1,024 bytes). */
const LIMIT_MB = 60

/** What `npm install` puts next to it, apart from the keychain's library for this machine. */
const EXPECTED = ['.bin', '.package-lock.json', '@napi-rs', 'jira-tpm', 'keytar']

/**
 * Installs the tarball in an empty folder as a person does: npm's own settings, and a PATH without Python and compilers.
 * Once more from the lock file that npm wrote (`npm ci`), which is where a package with sources would be compiled.
 *
 * @param {string} tarball
 * @param {string} folder
 * @param {(line: string) => void} say
 * @returns {Promise<{ file: string, env: Record<string, string> }>} the installed command, and a plain environment
 */
export async function installNpm(tarball, folder, say) {
  const project = path.join(folder, 'project')
  await mkdir(project)
  const env = await plainEnv(folder)
  await npm(['install', tarball], project, env)
  await rm(path.join(project, 'node_modules'), { recursive: true })
  await npm(['ci'], project, env)

  const modules = path.join(project, 'node_modules')
  const found = await readdir(modules)
  const unexpected = found.filter((name) => !EXPECTED.includes(name))
  const keyrings = (await readdir(path.join(modules, '@napi-rs'))).filter(
    (name) => !name.startsWith('keyring-'),
  )
  const bundled = await readdir(path.join(modules, 'jira-tpm', 'node_modules'))
  const others = [...unexpected, ...keyrings, ...bundled.filter((name) => name !== 'better-sqlite3')]
  if (others.length > 0) throw new Error(`npm installed what is not expected: ${others.join(', ')}`)

  const { stdout } = await run('du', ['-sk', modules])
  const size = Number.parseInt(stdout, 10) / 1024
  if (size > LIMIT_MB) throw new Error(`${size.toFixed(1)} MB are installed; at most ${LIMIT_MB} are allowed`)
  say(
    `installed, and installed again by npm ci, without a compiler and without Electron: ${size.toFixed(1)} MB`,
  )
  return { file: path.join(modules, '.bin', 'jira-tpm'), env }
}

async function npm(args, cwd, env) {
  const { command, args: all } = npmCommand(args)
  await run(command, all, { cwd, env }).catch((cause) => {
    throw new Error(`npm ${args.join(' ')} failed: ${cause.stderr || cause.message}`, { cause })
  })
}

/** A home of its own, and of the machine's programs a shell, `env` and Node; what the network needs is passed on. */
async function plainEnv(folder) {
  const bin = path.join(folder, 'bin')
  await mkdir(bin)
  await symlink(process.execPath, path.join(bin, 'node'))
  for (const name of ['sh', 'env']) {
    const file = ['/bin', '/usr/bin'].map((place) => path.join(place, name)).find((one) => existsSync(one))
    await symlink(file, path.join(bin, name))
  }
  const home = path.join(folder, 'home')
  await mkdir(home)
  const passed = Object.entries(process.env).filter(([name]) =>
    /^(https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS)$/i.test(name),
  )
  return { ...Object.fromEntries(passed), PATH: bin, HOME: home, LANG: 'C.UTF-8' }
}
