// electron-builder in a process of its own, with what builder.mjs gives it: the options as JSON. What goes wrong is sent
// to builder.mjs, with the address where it was a download.
import { build } from 'electron-builder'

try {
  await build(JSON.parse(process.argv[2]))
  process.disconnect() // something listens, and would keep it
} catch (error) {
  const failure = { trouble: error.stack ?? String(error), download: failedDownload(error) }
  process.send(failure, () => process.exit(1)) // a timer would keep it for half a minute
}

/** `got` says in its errors what it asked for; electron-builder puts the errors of several tasks into one. */
function failedDownload(error) {
  if (!(error instanceof Error)) return null
  const url = error.options?.url
  if (url !== undefined) return { url: String(url), reason: error.message }
  for (const inner of [error.cause, ...(error.errors ?? [])]) {
    const found = failedDownload(inner)
    if (found !== null) return found
  }
  return null
}
