import { projectFile } from '../../../src-main/runtime/project-files.ts'

/** From source the worker is a neighbour; from a bundle it is an entry of its own, wherever this code has landed. */
export function workerFile(): URL | string {
  return import.meta.url.endsWith('.ts')
    ? new URL('./worker.ts', import.meta.url)
    : projectFile('out', 'main', 'sandbox-worker.js')
}
