import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createIpcTransport, type WindowTransport } from '../client/transport.ts'
import { createHttpTransport, takeCode } from '../client/http-transport.ts'
import { createDashboard } from '../live/dashboard.ts'
import { createPresentFeed } from '../live/present.ts'
import { createOrders } from '../live/orders.ts'
import { onSystemTheme } from '../settings/preferences.ts'
import { eachFrame } from '../state-store.ts'
import { createAddress, returnToPlace } from './address.ts'
import { App } from './app.tsx'
import { followTab } from './tab.ts'
import { createViewState, WorkbenchContext } from './workbench.ts'
import { tvInFragment } from '../tv/tv-address.ts'
import './tokens.css'
import './base.css'

const transport = openTransport()
const address = createAddress(window, Date.now)
const view = createViewState(localStorage, eachFrame, tvInFragment(location.hash))
const dashboard = createDashboard(transport, {
  now: Date.now,
  schedule: eachFrame,
  start: address.start,
  zone: () => view.get().zone || undefined,
})
const orders = createOrders(transport.client, dashboard)
const present = createPresentFeed(transport, Date.now)
dashboard.start()
present.start()
followTab(present.store, document)
address.follow(dashboard, view)
// The desktop's menu sets the theme of the whole program: who chooses there means this window, too.
if (window.jiraTpm) onSystemTheme(() => view.put({ theme: 'system' }))

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no root element.')
createRoot(root).render(
  <StrictMode>
    <WorkbenchContext value={{ transport, dashboard, orders, present, view }}>
      <App />
    </WorkbenchContext>
  </StrictMode>,
)

/** The desktop's preload gives us a bridge; a browser has none and goes over HTTP. */
function openTransport(): WindowTransport {
  if (window.jiraTpm) return createIpcTransport(window.jiraTpm)
  const code = takeCode(window)
  if (code !== null) returnToPlace(window, localStorage, Date.now())
  return createHttpTransport(location.origin, code)
}
