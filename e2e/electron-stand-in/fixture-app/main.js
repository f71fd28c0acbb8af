// The smallest app that uses what the stand-in carries. Plain JavaScript: it is run as a built bundle would be.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { app, BrowserWindow, dialog, ipcMain, Menu, nativeTheme, protocol, session, shell } from 'electron'

protocol.registerSchemesAsPrivileged([{ scheme: 'fixture', privileges: { standard: true, secure: true } }])
const folder = process.argv.find((argument) => argument.startsWith('--user-data-dir=')).split('=')[1]
app.setPath('userData', folder)

if (app.requestSingleInstanceLock()) void app.whenReady().then(open)
else app.quit()

function open() {
  app.on('second-instance', (_event, argv) => send('second-instance', argv.at(-1)))
  app.on('before-quit', () => console.log('before-quit'))
  app.on('will-quit', () => console.log('will-quit'))
  session.defaultSession.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(permission === 'midi'),
  )
  session.defaultSession.setPermissionCheckHandler((_contents, permission) => permission === 'midi')
  protocol.handle('fixture', (request) => serve(request))
  ipcMain.handle('echo', (_event, value) => value)
  ipcMain.handle('fail', () => Promise.reject(new Error('boom')))
  ipcMain.handle('sender', (event) => ({ url: event.senderFrame.url, origin: event.senderFrame.origin }))
  ipcMain.handle('push', (event, count) => {
    for (let n = 0; n < count; n++) event.sender.send('pushed', n)
  })
  ipcMain.handle('ask', () =>
    dialog.showMessageBox({ message: 'Sure?', buttons: ['Yes', 'No'], cancelId: 1 }),
  )
  Menu.setApplicationMenu(Menu.buildFromTemplate(menu))
  const window = new BrowserWindow({
    width: 900,
    height: 500,
    show: false,
    webPreferences: { preload: path.join(import.meta.dirname, 'preload.cjs'), spellcheck: false },
  })
  window.once('ready-to-show', () => window.show())
  window.webContents.on('will-navigate', (event) => event.preventDefault())
  window.webContents.setWindowOpenHandler(({ url }) => {
    void shell.openExternal(url)
    return { action: 'deny' }
  })
  void window.loadURL('fixture://host/index.html?a=1')
}

const menu = [
  { role: 'fileMenu' },
  {
    label: 'Things',
    submenu: [
      { id: 'greet', label: 'Greet', click: () => send('pushed', 'hello') },
      { id: 'off', label: 'Off', enabled: false, click: () => send('pushed', 'never') },
      { id: 'one', label: 'One', type: 'radio', checked: true },
      { id: 'two', label: 'Two', type: 'radio', click: () => (nativeTheme.themeSource = 'dark') },
    ],
  },
]

function send(channel, value) {
  BrowserWindow.getAllWindows()[0].webContents.send(channel, value)
}

function serve(request) {
  if (new URL(request.url).pathname !== '/index.html') return new Response(request.url, { status: 404 })
  return new Response(readFileSync(path.join(import.meta.dirname, 'index.html')), {
    headers: {
      'Content-Type': 'text/html',
      'Content-Security-Policy': "default-src 'none'; connect-src 'self'",
    },
  })
}
