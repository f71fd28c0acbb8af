const { contextBridge, ipcRenderer } = require('electron')

const heard = []
ipcRenderer.on('pushed', (_event, value) => heard.push(value))
ipcRenderer.on('second-instance', (_event, value) => heard.push(value))

let nodeModule
try {
  nodeModule = require('node:fs') && 'there'
} catch (error) {
  nodeModule = error.message
}

contextBridge.exposeInMainWorld('fixture', {
  invoke: (channel, ...args) => ipcRenderer.invoke(channel, ...args),
  heard: () => heard,
  nodeModule,
})
