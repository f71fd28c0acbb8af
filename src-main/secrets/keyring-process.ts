// The process that asks the system's keychain: it answers one question and is ended by the process that asked. See
// docs/decisions/0010-keychain.md for why this is a process of its own.
import type { KeyringAnswer, KeyringQuestion } from './keyring.ts'
import { probeEntry } from './probe-entry.ts'

/** What entries are filed under, in every keychain. */
const SERVICE = 'Jira TPM'

/** On Linux, never the kernel's own keyring, which is empty after a restart of the machine. */
const OPTIONS = { linux: { store: 'secret-service' } } as const

/** Electron's utility process speaks through a port, Node's child through `process` itself. */
interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): void
  postMessage(message: unknown): void
}
const { parentPort } = process as { parentPort?: ParentPort }

if (parentPort === undefined) {
  process.on('message', (question) => {
    void answer(question as KeyringQuestion).then((said) => process.send?.(said))
  })
  // The process that asked is gone. A call that waits for a dialog would hold a proper exit back.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
} else {
  parentPort.on('message', ({ data }) => {
    void answer(data as KeyringQuestion).then((said) => parentPort.postMessage(said))
  })
}

async function answer(question: KeyringQuestion): Promise<KeyringAnswer> {
  try {
    return { kind: 'done', value: await ask(question) }
  } catch (error) {
    return { kind: 'failed', said: error instanceof Error ? error.message : String(error) }
  }
}

async function ask(question: KeyringQuestion): Promise<string | boolean | null> {
  // Loaded here, so that a package without its native part is an answer and no crash.
  const { AsyncEntry } = await import('keytar')
  const entry = new AsyncEntry(SERVICE, question.account, OPTIONS)
  switch (question.kind) {
    case 'get':
      return entry.getPassword()
    case 'set':
      await entry.setPassword(question.secret)
      return null
    case 'delete':
      return entry.deletePassword()
    default:
      await probeEntry(entry)
      return null
  }
}
