import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

/**
 * The path of a file or folder that ships with the program (`migrations`, `data`, `out/renderer`), whether it runs
 * from source, from `out/` or from an app package: all keep it next to package.json.
 */
export function projectFile(...parts: string[]): string {
  let folder = import.meta.dirname
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder)
    if (parent === folder) throw new Error(`No package.json above ${import.meta.dirname}`)
    folder = parent
  }
  return path.join(folder, ...parts)
}

/** The program's version, as package.json has it. */
export function projectVersion(): string {
  const { version } = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as { version: string }
  return version
}
