// `node --import` this: writes the file of each module that the program and its workers load into LOADED_MODULES, a line each.
import { appendFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

registerHooks({
  load(url, context, nextLoad) {
    if (url.startsWith('file:')) appendFileSync(process.env.LOADED_MODULES, `${fileURLToPath(url)}\n`)
    return nextLoad(url, context)
  },
})
