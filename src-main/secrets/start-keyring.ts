import { fork } from 'node:child_process'
import { projectFile } from '../runtime/project-files.ts'
import type { KeyringAnswer, KeyringQuestion } from './keyring-messages.ts'

/** The process that asks the keychain, from the side of whoever started it. */
export interface KeyringProcess {
  send(question: KeyringQuestion): void
  onAnswer(listener: (answer: KeyringAnswer) => void): void
  /** Also where it could not be started. */
  onEnd(listener: () => void): void
  /** Ends it at once, whatever it waits for. */
  end(): void
}

export type StartKeyring = () => KeyringProcess

/** Starts it as a child of Node. `env`: its environment instead of this process's. */
export function startNodeKeyring(env?: NodeJS.ProcessEnv): KeyringProcess {
  const child = fork(keyringFile(), [], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    ...(env === undefined ? {} : { env }),
  })
  return {
    // A question that cannot be sent is answered by the end of the process.
    send: (question) => void child.send(question, () => {}),
    onAnswer: (listener) => void child.on('message', (answer) => listener(answer as KeyringAnswer)),
    onEnd(listener) {
      child.on('error', listener)
      child.on('exit', listener)
    },
    end: () => void child.kill('SIGKILL'),
  }
}

/** From source it is a neighbour; from a bundle it is an entry of its own, wherever this code has landed. */
export function keyringFile(): string {
  return import.meta.filename.endsWith('.ts')
    ? `${import.meta.dirname}/keyring-process.ts`
    : projectFile('out', 'main', 'keyring-process.js')
}
