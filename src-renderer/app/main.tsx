import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createIpcTransport, type WindowTransport } from '../client/transport.ts'
import { createHttpTransport, takeCode } from '../client/http-transport.ts'
import { createDashboard } from '../live/dashboard.ts'
import { createOrders } from '../live/orders.ts'
import { createKeptSpan } from '../live/shown-span.ts'
import { onSystemTheme } from '../settings/preferences.ts'
import { eachFrame } from '../state-store.ts'
import { App } from './app.tsx'
import { createViewState, WorkbenchContext } from './workbench.ts'
import './tokens.css'
import './base.css'

const transport = openTransport()
const view = createViewState(localStorage, eachFrame)
const dashboard = createDashboard(transport, {
  now: Date.now,
  schedule: eachFrame,
  keptSpan: createKeptSpan(sessionStorage),
})
const orders = createOrders(transport.client, dashboard)
dashboard.start()
// The desktop's menu sets the theme of the whole program: who chooses there means this window, too.
if (window.jiraTpm) onSystemTheme(() => view.put({ theme: 'system' }))

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no root element.')
createRoot(root).render(
  <StrictMode>
    <WorkbenchContext value={{ transport, dashboard, orders, view }}>
      <App />
    </WorkbenchContext>
  </StrictMode>,
)

/** The desktop's preload gives us a bridge; a browser has none and goes over HTTP. */
function openTransport(): WindowTransport {
  return window.jiraTpm
    ? createIpcTransport(window.jiraTpm)
    : createHttpTransport(location.origin, takeCode(window))
}
