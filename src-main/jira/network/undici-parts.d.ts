// The parts of undici that are used, by their files: its index also loads a fetch, a WebSocket, mocks and caches, which
// takes longer than all of ours.
declare module 'undici/lib/api/api-connect.js' {
  import { Dispatcher } from 'undici'
  const connect: Dispatcher['connect']
  export { connect as default }
}
declare module 'undici/lib/dispatcher/dispatcher.js' {
  export { Dispatcher as default } from 'undici'
}
declare module 'undici/lib/dispatcher/agent.js' {
  export { Agent as default } from 'undici'
}
declare module 'undici/lib/dispatcher/pool.js' {
  export { Pool as default } from 'undici'
}
declare module 'undici/lib/dispatcher/proxy-agent.js' {
  export { ProxyAgent as default } from 'undici'
}
declare module 'undici/lib/core/errors.js' {
  export { errors as default } from 'undici'
}
