import path from 'node:path'
import { inject } from 'vitest'

/**
 * The path of a script with all that it imports, made when the run of the tests began (`setup.ts`): a process that is
 * started many times spends most of its life reading sources otherwise.
 */
export function bundled(script: string): string {
  return path.join(inject('programs').folder, `${path.basename(script, '.ts')}.js`)
}
