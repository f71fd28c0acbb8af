// Runs the benchmark in a file, in a process of its own, and sends its figures to who started it.
import { pathToFileURL } from 'node:url'

// Nobody would read them any more.
process.once('disconnect', () => process.exit(1))
const { run } = await import(pathToFileURL(process.argv[2]).href)
process.send(await run(), () => process.exit())
