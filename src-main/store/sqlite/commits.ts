import { watch } from 'node:fs'
import path from 'node:path'

const DEBOUNCE_MS = 50
const POLL_MS = 500

/**
 * Notifies subscribers of commits, of this connection and of others. Other connections' commits are watched for only while there are subscribers: a command that writes and ends has none.
 */
export function createCommits(file: string, dataVersion: () => number) {
  const listeners = new Set<{ readonly notify: () => void }>()
  let stopWatching: (() => void) | null = null
  const announce = (): void => {
    // On their own turn: a listener that throws must not look like a commit that failed.
    for (const { notify } of listeners) queueMicrotask(notify)
  }
  const close = (): void => {
    listeners.clear()
    stopWatching?.()
    stopWatching = null
  }
  return {
    /** Notifies all subscribers of a commit of this connection. */
    announce,
    /** See `Store.onCommit`; of every site. */
    onCommit: (notify: () => void): (() => void) => {
      stopWatching ??= watchCommits(file, dataVersion, announce)
      const listener = { notify }
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) close()
      }
    },
    close,
  }
}

/**
 * Calls `announce` when another connection has committed, until the returned function is called. Every commit writes
 * to the WAL next to the file, so the folder is watched, and SQLite's `data_version` distinguishes others' commits from our
 * own. Where a folder cannot be watched (some network shares, no more inotify watches), the version is polled.
 */
export function watchCommits(file: string, dataVersion: () => number, announce: () => void): () => void {
  let seen = dataVersion()
  const look = (): void => {
    const version = readVersion(dataVersion)
    if (version === seen) return
    seen = version
    announce()
  }
  let stop: () => void
  try {
    stop = watchWal(file, look, () => {
      stop()
      stop = poll(look)
    })
  } catch {
    stop = poll(look)
  }
  return () => stop()
}

function poll(look: () => void): () => void {
  const timer = setInterval(look, POLL_MS)
  timer.unref()
  return () => clearInterval(timer)
}

function watchWal(file: string, look: () => void, failed: () => void): () => void {
  const walName = `${path.basename(file)}-wal`
  let timer: NodeJS.Timeout | undefined
  const lookSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined
      look()
    }, DEBOUNCE_MS)
  }
  const watcher = watch(path.dirname(file), { persistent: false }, (_event, name) => {
    // Some platforms do not say which file it was.
    if (name === null || name === walName) lookSoon()
  })
  watcher.on('error', failed)
  return () => {
    clearTimeout(timer)
    watcher.close()
  }
}

/** A store that cannot be read counts as changed: its subscribers read, and meet the error where it can be shown. */
function readVersion(dataVersion: () => number): number {
  try {
    return dataVersion()
  } catch {
    return Number.NaN
  }
}
