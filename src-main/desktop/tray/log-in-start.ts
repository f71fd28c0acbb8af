import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { nothingDone } from '../../../src-shared/errors/app-error.ts'

/** Where Linux desktops look for what is started at log-in (XDG autostart). */
export function autostartFile(env: NodeJS.ProcessEnv): string {
  return path.join(env['XDG_CONFIG_HOME'] || path.join(homedir(), '.config'), 'autostart', 'jira-tpm.desktop')
}

/** Has the desktop start `program` at log-in, or not any more. Throws `folder-not-writable`. */
export function setAutostart(file: string, program: string, starts: boolean): void {
  try {
    if (!starts) return rmSync(file, { force: true })
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, desktopEntry(program))
  } catch (cause) {
    throw nothingDone(
      'folder-not-writable',
      `Whether Jira TPM starts at log-in stays as it was: ${file} cannot be changed.`,
      'See that its folder is one and belongs to you, then choose it again.',
      cause,
    )
  }
}

export function hasAutostart(file: string): boolean {
  return existsSync(file)
}

/** A program's path is quoted as the specification of desktop entries has it. */
function desktopEntry(program: string): string {
  const quoted = program
    .replaceAll(/["`$\\]/g, String.raw`\$&`)
    .replaceAll('\\', '\\\\')
    .replaceAll('%', '%%')
  return `[Desktop Entry]\nType=Application\nName=Jira TPM\nExec="${quoted}"\n`
}
