import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import { build } from 'vite'
import { projectFile } from '../../src-main/runtime/project-files.ts'
import { atEnd } from '../end.ts'

/**
 * The path of one file with all that a script imports, removed when the test ends, or outside of one with its file: a
 * process that is started many times spends most of its life reading sources otherwise.
 */
export async function bundle(script: string): Promise<string> {
  await mkdir(projectFile('out'), { recursive: true })
  // Inside the project, where native packages and migrations are found.
  const outDir = await mkdtemp(projectFile('out', 'bundled-for-test-'))
  atEnd(() => rm(outDir, { recursive: true }))
  await build({
    configFile: false,
    logLevel: 'error',
    root: projectFile(),
    publicDir: false,
    ssr: { noExternal: true, external: ['better-sqlite3'] },
    build: { ssr: script, outDir, emptyOutDir: false, minify: false },
  })
  return path.join(outDir, `${path.basename(script, '.ts')}.js`)
}
