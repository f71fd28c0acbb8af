import path from 'node:path'

/** What shows in which kind of package a program runs. */
export interface ProgramPlace {
  readonly platform: NodeJS.Platform
  readonly execPath: string
  readonly env: NodeJS.ProcessEnv
}

/**
 * The AppImage file that this program runs from; null where it runs from none. APPIMAGE alone does not say so: a
 * program that another AppImage started (a terminal in an editor, say) inherits that one's, and would replace it. Ours
 * is mounted at APPDIR, and its executable lies there. https://docs.appimage.org/packaging-guide/environment-variables.html
 */
export function ownAppImage({ platform, execPath, env }: ProgramPlace): string | null {
  const { APPIMAGE: file, APPDIR: mount } = env
  if (platform !== 'linux' || !file || !mount || !path.isAbsolute(file) || !path.isAbsolute(mount))
    return null
  const inside = path.relative(mount, execPath)
  return inside === '' || inside.startsWith('..') || path.isAbsolute(inside) ? null : file
}
