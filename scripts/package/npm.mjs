import { existsSync, realpathSync } from 'node:fs'
import path from 'node:path'

/**
 * How npm is started by a whole path and without a shell (a `.cmd` cannot be started without one on Windows): npm's own
 * script, as npm names it to what it runs, or as it is found next to a Node or in the PATH. Throws where there is none.
 *
 * @param {readonly string[]} args
 * @returns {{ command: string, args: string[] }}
 */
export function npmCommand(args) {
  const { npm_execpath: named, PATH = '' } = process.env
  const cli = path.join('node_modules', 'npm', 'bin', 'npm-cli.js')
  const inPath = PATH.split(path.delimiter).flatMap((folder) => [
    path.join(folder, 'npm'),
    path.join(folder, cli),
  ])
  const file = [named, path.join(path.dirname(process.execPath), cli), ...inPath]
    .filter((one) => one !== undefined && existsSync(one))
    .map((one) => realpathSync(one))
    .find((one) => one.endsWith('.js'))
  if (file === undefined) throw new Error('npm is not found; install Node with npm (https://nodejs.org).')
  return { command: process.execPath, args: [file, ...args] }
}
