import type { CDPSession } from 'playwright'
import { createDecoder } from './page/decoder.ts'
import { createEncoder } from './page/encoder.ts'
import type { FromPage, ToPage } from './page/ipc-renderer.ts'
import { WIRE } from './preload-script.ts'

const encode = createEncoder()
const decode = createDecoder()

export interface FromPageMessage {
  readonly kind: FromPage
  readonly id: string
  readonly channel: string
  readonly args: readonly unknown[]
}

/** A message as the text that crosses; throws, as Electron does, on what cannot be cloned. */
export function encodeArgs(args: readonly unknown[]): string {
  return encode(args)
}

/** Hears what the page's preload says. */
export async function listenToPage(
  devTools: CDPSession,
  hear: (message: FromPageMessage) => void,
): Promise<void> {
  devTools.on('Runtime.bindingCalled', ({ name, payload }) => {
    if (name === WIRE.send) hear(parse(payload))
  })
  await devTools.send('Runtime.enable')
  await devTools.send('Runtime.addBinding', { name: WIRE.send })
}

function parse(payload: string): FromPageMessage {
  const [kind = '', id = '', channel = ''] = payload.split('\n', 3)
  const text = payload.slice(kind.length + id.length + channel.length + 3)
  return { kind: kind as FromPage, id, channel, args: decode(text) as unknown[] }
}

/** Tells the page's preload. One DevTools command each, on one session: they arrive in the order in which they were sent. */
export async function tellPage(
  devTools: CDPSession,
  kind: ToPage,
  id: string,
  channel: string,
  text: string,
): Promise<void> {
  const literals = [kind, id, channel, text].map((part) => JSON.stringify(part))
  await devTools.send('Runtime.evaluate', {
    expression: `${WIRE.receive}(${literals.join(', ')})`,
    silent: true,
  })
}
