import { readFileSync } from 'node:fs'
import path from 'node:path'

export type UpdateKind = 'app-image' | 'mac' | 'windows'

export interface Build {
  readonly isPackaged: boolean
  readonly place: ProgramPlace
  /** What `app-update.yml` says; null where the build has none. */
  readonly feed: string | null
}

/**
 * How this build may be exchanged for a newer one; null where that is not ours to do: run from source, installed by the
 * system's packages, or not signed. The build marks it by `app-update.yml`, which only AppImages and signed builds get. On
 * Windows it must name the publisher, too: without the name electron-updater asks for no signature at all.
 */
export function updateKind({ isPackaged, place, feed }: Build): UpdateKind | null {
  if (!isPackaged || feed === null) return null
  switch (place.platform) {
    case 'linux':
      return ownAppImage(place) === null ? null : 'app-image'
    case 'darwin':
      return 'mac' // Squirrel takes nothing that this program's own signer has not signed
    case 'win32':
      return /^publisherName:/m.test(feed) ? 'windows' : null
    default:
      return null
  }
}

/** The text of `app-update.yml` in the folder of a package's resources; null where there is none. */
export function readFeed(resourcesFolder: string): string | null {
  try {
    return readFileSync(path.join(resourcesFolder, 'app-update.yml'), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** What shows in which kind of package a program runs. */
interface ProgramPlace {
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
