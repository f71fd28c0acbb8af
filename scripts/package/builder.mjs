import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { root } from '../build-if-stale.mjs'
import { BUILDER_FLAG } from './targets.mjs'

/**
 * Runs electron-builder with electron-builder.yml and what is given beside it. Throws, with its last lines, where it
 * fails.
 *
 * @param {{ platform: string, formats: string[], archs: string[] }} build
 * @param {object} config what is added to electron-builder.yml
 * @param {{ env?: NodeJS.ProcessEnv, quiet?: boolean }} options `quiet`: its words are told only where it fails
 */
export async function runBuilder(build, config, { env = process.env, quiet = false } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-builder-'))
  try {
    const file = path.join(folder, 'config.json')
    await writeFile(file, JSON.stringify({ ...config, extends: path.join(root, 'electron-builder.yml') }))
    const cli = path.join(root, 'node_modules', 'electron-builder', 'cli.js')
    const args = [
      BUILDER_FLAG[build.platform],
      ...build.formats,
      ...build.archs.map((arch) => `--${arch}`),
      '--publish',
      'never',
      '--config',
      file,
    ]
    const child = spawn(process.execPath, [cli, ...args], {
      cwd: root,
      env: withoutEmpty(env),
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (said += text))
    const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
    if (code !== 0) throw new Error(`electron-builder ended with ${code}. ${said.slice(-4_000)}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A secret that a public CI does not have comes as an empty text, which electron-builder would take for a file's name. */
function withoutEmpty(env) {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
}
