import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { app } from './app.ts'
import { appFolder, appPackage } from './app-folder.ts'
import { answerTests } from './test-channel.ts'

// node --import ./register.ts run.ts FOLDER [arguments]: starts the app's own main bundle, as `electron FOLDER` would.
process.argv.splice(1, 1)
await import(pathToFileURL(path.join(appFolder, appPackage.main)).href)
app.becomeReady()
answerTests()
