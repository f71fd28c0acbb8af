import { chmodSync, copyFileSync, renameSync, rmSync } from 'node:fs'

/**
 * Puts a program in the place of another, on whatever disk it lies. Whoever starts the program meanwhile has the old one
 * or the new one, never half of it, never none. Throws what the file system says; then the old one is there.
 */
export function replaceProgram(file: string, by: string): void {
  const draft = `${file}.new`
  try {
    copyFileSync(by, draft)
    chmodSync(draft, 0o755)
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
  rmSync(by, { force: true })
}
