/** Where all of the picture is moved to, one place a minute, in parts of its height: around the middle, and never for long at one place. */
const PLACES = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
  [-1, -1],
  [0, -1],
  [1, -1],
] as const

/** How far the picture is moved in a minute, to the right and down, in units of the view: what stands still burns in. */
export function shiftAt(minute: number): readonly [x: number, y: number] {
  return PLACES[minute % PLACES.length] ?? PLACES[0]
}

/** The screen as far as this needs it. */
type ScreenPage = Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>
type WakeLocks = Pick<WakeLock, 'request'> | undefined

/** Keeps the screen on while the page is seen, as far as the system lets us, until the returned function is called. */
export function keepAwake(page: ScreenPage, locks: WakeLocks): () => void {
  let lock: WakeLockSentinel | null = null
  let isOver = false
  const take = async (): Promise<void> => {
    if (page.visibilityState !== 'visible' || locks === undefined) return
    // A system that saves its battery refuses.
    const taken = await locks.request('screen').catch(() => null)
    if (isOver) return void taken?.release()
    lock = taken
  }
  const onSeen = (): void => void take()
  // A lock ends when the page is hidden.
  page.addEventListener('visibilitychange', onSeen)
  onSeen()
  return () => {
    isOver = true
    page.removeEventListener('visibilitychange', onSeen)
    void lock?.release()
  }
}
