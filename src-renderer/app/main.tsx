import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import type { WindowDoor } from '../client/transport.ts'
import { createHttpDoor, takeCode } from '../client/http-transport.ts'
import { createIpcDoor } from '../client/ipc-transport.ts'
import { createDashboard } from '../live/dashboard.ts'
import { createOrders } from '../live/orders.ts'
import { createKeptHour } from '../live/shown-hour.ts'
import { onSystemTheme } from '../settings/preferences.ts'
import { eachFrame } from '../store.ts'
import { App } from './app.tsx'
import { createViewState } from './view-state.ts'
import { WorkbenchContext } from './workbench.ts'
import './tokens.css'
import './base.css'

const door = openDoor()
const view = createViewState(localStorage, eachFrame)
const dashboard = createDashboard(door, {
  now: Date.now,
  schedule: eachFrame,
  keptHour: createKeptHour(sessionStorage),
})
const orders = createOrders(door.client, dashboard)
dashboard.start()
// The desktop's menu sets the theme of the whole program: who chooses there means this window, too.
if (window.jiraTpm) onSystemTheme(() => view.set((state) => ({ ...state, theme: 'system' })))

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no root element.')
createRoot(root).render(
  <StrictMode>
    <WorkbenchContext value={{ door, dashboard, orders, view }}>
      <App />
    </WorkbenchContext>
  </StrictMode>,
)

/** The desktop's preload gives us a bridge; a browser has none and goes over HTTP. */
function openDoor(): WindowDoor {
  return window.jiraTpm ? createIpcDoor(window.jiraTpm) : createHttpDoor(location.origin, takeCode(window))
}
