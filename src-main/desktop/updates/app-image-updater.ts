import { app } from 'electron'
import { AppImageUpdater } from 'electron-updater'
import { startAgain } from '../start-again.ts'
import { replaceProgram } from './replace-file.ts'

/**
 * electron-updater's, but for the last step. That one deletes the program before the new one is in its place, lets the
 * server choose the new one's name, and starts it while this one still holds the workspace: it would see that and end.
 */
export class CarefulAppImageUpdater extends AppImageUpdater {
  readonly #file: string

  /** `file`: the AppImage that is run, and replaced. */
  constructor(file: string) {
    super()
    this.#file = file
  }

  protected override doInstall(): boolean {
    const downloaded = this.installerPath
    if (downloaded === null) throw new Error('Nothing was downloaded')
    replaceProgram(this.#file, downloaded)
    app.once('will-quit', startAgain)
    return true
  }
}
