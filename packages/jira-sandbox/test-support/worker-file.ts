import { inject } from 'vitest'

/** In tests `worker-file.ts` is replaced by this: the sandbox of a test is the bundled one. */
export function workerFile(): string {
  return inject('sandboxWorker')
}
