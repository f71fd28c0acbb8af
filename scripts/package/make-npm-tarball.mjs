import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { root } from '../build-if-stale.mjs'
import { writeNotices } from './notices.mjs'
import { npmCommand } from './npm.mjs'
import { stageNpm } from './stage-npm.mjs'

/**
 * Packs the npm package from the last build into `dist/npm` and gives back its file.
 *
 * @param {Readonly<Record<string, string | undefined>>} env for its manifest
 */
export async function makeNpmTarball(env) {
  await writeNotices()
  const output = path.join(root, 'dist', 'npm')
  const stage = path.join(output, 'package')
  await mkdir(output, { recursive: true })
  await stageNpm(stage, env)
  const { command, args } = npmCommand(['pack', '--json', '--pack-destination', output])
  const { stdout } = await promisify(execFile)(command, args, { cwd: stage, maxBuffer: 16 * 2 ** 20 })
  const [packed] = Object.values(JSON.parse(stdout))
  return path.join(output, packed.filename)
}
