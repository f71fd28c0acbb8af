/**
 * Does some work every so often (ms) as long as the page is in sight, and at once when it comes into sight again. The
 * first time is after one interval. Until the returned function is called.
 */
export function whileVisible(
  page: Pick<Document, 'hidden' | 'addEventListener' | 'removeEventListener'>,
  everyMs: number,
  work: () => void,
): () => void {
  const workIfSeen = (): void => {
    if (!page.hidden) work()
  }
  const timer = setInterval(workIfSeen, everyMs)
  page.addEventListener('visibilitychange', workIfSeen)
  return () => {
    clearInterval(timer)
    page.removeEventListener('visibilitychange', workIfSeen)
  }
}
