import { fileURLToPath } from 'node:url'

/** From source the worker is a neighbour; in a bundle it is an entry called sandbox-worker, next to all of its chunks. */
export function workerFile(): string {
  const isSource = import.meta.url.endsWith('.ts')
  return fileURLToPath(new URL(isSource ? './worker.ts' : './sandbox-worker.js', import.meta.url))
}
