import { fork, type Serializable } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { fileURLToPath } from 'node:url'
import type * as Electron from 'electron'
import { carried } from './carried.ts'

const parentPort = fileURLToPath(new URL('./utility-parent-port.ts', import.meta.url))

/** A child of Node, which finds the `process.parentPort` that Electron would give it. */
export const utilityProcess = carried('utilityProcess', {
  fork: (file, args = []) =>
    carried('UtilityProcess', new NodeChild(file, args)) as unknown as Electron.UtilityProcess,
} satisfies Pick<typeof Electron.utilityProcess, 'fork'>)

class NodeChild extends EventEmitter {
  private readonly child

  constructor(file: string, args: string[]) {
    super()
    this.child = fork(file, args, {
      execArgv: ['--import', parentPort],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    for (const event of ['spawn', 'message', 'exit', 'error']) {
      this.child.on(event, (told) => this.emit(event, told))
    }
  }

  postMessage(message: unknown): void {
    this.child.send(message as Serializable, () => {}) // to one that has ended it says nothing
  }

  kill(): boolean {
    return this.child.kill()
  }
}
