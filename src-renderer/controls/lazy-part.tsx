import { lazy } from 'react'

/** A part in a file of its own, fetched when it is shown first; where that fails it says so. */
export function lazyPart<P extends object>(
  load: () => Promise<React.ComponentType<P>>,
): React.LazyExoticComponent<React.ComponentType<P>> {
  return lazy(async () => ({ default: await load().catch(() => NotLoaded) }))
}

function NotLoaded(): React.ReactNode {
  return <p role="alert">This could not be loaded. Nothing was changed: load the window anew.</p>
}
