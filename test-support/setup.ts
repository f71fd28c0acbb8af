import { existsSync } from 'node:fs'
import { chmod, glob, mkdir, rm, statfs } from 'node:fs/promises'
import path from 'node:path'
import { build } from 'vite'
import type { TestProject } from 'vitest/node'
import { projectFile } from '../src-main/runtime/project-files.ts'
import { isAlive } from '../src-main/workspace/process-alive.ts'

/** Programs that tests start again and again, each in few files. */
export interface TestPrograms {
  /** The command line. */
  readonly cli: string
  /** The folder of all of them. */
  readonly folder: string
  /** The folder that keeps what they are compiled to for the next of them. */
  readonly compiled: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    programs: TestPrograms
  }
}

/** Processes that tests start by the dozen, and kill. */
const SCRIPTS = [
  'chaos/run-member',
  'clean-up/run-clean-up',
  'generator/run-mortal',
  'generator/run-rival',
  'store/know-old-tickets',
  'store/postgres/make-tables',
  'outputs/run-alerts',
  'store/delete-old',
  'store/sum-old',
  'sync/run-background',
  'sync/run-sync',
]

/** vitest's globalSetup: what all tests of a run share. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folders = [await makePrograms(project), ...(await makeQuickFolder())]
  return async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/**
 * Bundles the programs from the sources as they are, and again before a rerun: from source each of them reads a thousand
 * files whenever it is started.
 */
async function makePrograms(project: TestProject): Promise<string> {
  // Inside the project, where native packages and migrations are found.
  const outDir = await makeFolder(projectFile('out', 'bundled-for-tests-'))
  // Each project comes here, and one of them is enough.
  if (!existsSync(path.join(outDir, 'cli.js'))) await bundleInto(outDir)
  project.provide('programs', {
    cli: path.join(outDir, 'cli.js'),
    folder: outDir,
    compiled: path.join(outDir, 'compiled'),
  })
  project.provide('sandboxWorker', path.join(outDir, 'sandbox-worker.js'))
  project.onTestsRerun(() => bundleInto(outDir))
  return outDir
}

/** Linux keeps this one in memory. */
const IN_MEMORY = '/dev/shm'
const ENOUGH_BYTES = 4 * 1024 ** 3

/** Stores of tests outlive processes, not the machine: where memory has room for them they wait for no disk. */
async function makeQuickFolder(): Promise<string[]> {
  if (process.env['TMPDIR'] || process.platform !== 'linux') return []
  const { bavail, bsize } = await statfs(IN_MEMORY).catch(() => ({ bavail: 0, bsize: 0 }))
  if (bavail * bsize < ENOUGH_BYTES) return []
  const folder = await makeFolder(path.join(IN_MEMORY, 'tpm-tests-'))
  process.env['TMPDIR'] = folder
  return [folder]
}

/** A folder named by this process; those that killed ones have left are removed. */
async function makeFolder(prefix: string): Promise<string> {
  for await (const folder of glob(`${prefix}*`)) {
    if (!isAlive(Number(folder.slice(prefix.length)))) await rm(folder, { recursive: true, force: true })
  }
  const folder = `${prefix}${process.pid}`
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o755) // a server of another account may live in it
  return folder
}

async function bundleInto(outDir: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    root: projectFile(),
    publicDir: false,
    ssr: { noExternal: true, external: ['better-sqlite3', '@napi-rs/canvas', 'keytar'] },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: false,
      minify: false,
      rolldownOptions: {
        input: {
          cli: projectFile('src-main', 'cli.ts'),
          'sandbox-worker': projectFile('packages', 'jira-sandbox', 'src', 'worker.ts'),
          ...Object.fromEntries(
            SCRIPTS.map((script) => [path.basename(script), projectFile('test-support', `${script}.ts`)]),
          ),
        },
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  })
}
