import type { Environment } from '../config/environment.ts'

/** What a terminal can do, as far as the environment tells. */
export interface TerminalKind {
  /** Only ASCII: the Linux console's font has no blocks, and a locale without UTF-8 has no other characters. */
  readonly ascii: boolean
  /** Nothing is drawn over: for a terminal that cannot (`TERM=dumb`), and for a screen reader (`ACCESSIBLE`). */
  readonly plain: boolean
}

export function terminalKind(env: Environment, platform: NodeJS.Platform): TerminalKind {
  const { TERM, ACCESSIBLE } = env
  const wantsPlain = ACCESSIBLE !== undefined && !['', '0', 'false'].includes(ACCESSIBLE)
  return { ascii: isAscii(env, platform), plain: TERM === 'dumb' || wantsPlain }
}

function isAscii(env: Environment, platform: NodeJS.Platform): boolean {
  const { TERM } = env
  if (TERM === 'linux' || TERM === 'dumb') return true
  if (platform === 'win32') return isOldWindowsConsole(env)
  // Where no locale is set (a container, say), the terminal outside of it knows UTF-8 all the same.
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return locale !== '' && !/utf-?8/i.test(locale)
}

/** Everything newer than its plain old window says so. */
function isOldWindowsConsole(env: Environment): boolean {
  const signs = ['WT_SESSION', 'TERM_PROGRAM', 'ConEmuTask', 'TERMINUS_SUBLIME', 'TERMINAL_EMULATOR', 'CI']
  return env['TERM'] === undefined && !signs.some((sign) => Boolean(env[sign]))
}
