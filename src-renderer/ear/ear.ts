import type { Workbench } from '../app/workbench.ts'
import { barsAt, placeOfSlot, type Cursor } from '../chart/brush/cursor.ts'
import type { ChartModel } from '../chart/chart-model.ts'
import { alarmsIn, noteMs, notesOf, type Note } from './notes.ts'
import { chordOver, soundSource, soundTones } from './tones.ts'

/** Of a click and of noise, beside a tone. */
const QUIET = 0.25
const CLICK_S = 0.008
const CLICK_HZ = 1_000

/** Ends what is played now. */
let end: (() => void) | null = null

/**
 * Plays the bars of a span, from the one that the keys chose, else from the first; or ends that. The place is the cursor's, so
 * the chart shows it, and arrows move it; Esc ends it.
 */
export function togglePlay({ view }: Workbench, model: ChartModel): void {
  if (end !== null) return end()
  const notes = notesOf(model.bins, alarmsIn(model.marks))
  if (model.view === 'distribution' || notes.length === 0) return
  const audio = new AudioContext()
  const ms = noteMs(notes.length)
  const chosen = view.get().cursor
  let slot = (chosen?.by === 'key' && barsAt(model, chosen)?.first) || 0
  let shown: Cursor | null = null
  const step = (): void => {
    const { cursor } = view.get()
    if (shown !== null && cursor !== shown)
      slot = cursor?.by === 'key' ? (barsAt(model, cursor)?.last ?? notes.length) : notes.length
    const note = notes[slot]
    if (note === undefined) return end?.()
    const at = placeOfSlot(model, slot)
    shown = { at, anchor: at, by: 'key' }
    view.put({ cursor: shown })
    sound(audio, note, ms / 1_000)
    slot += 1
  }
  const timer = setInterval(step, ms)
  end = () => {
    end = null
    clearInterval(timer)
    view.put({ isPlaying: false })
    void audio.close()
  }
  view.put({ isPlaying: true })
  step()
}

/** Sounds one note: a pitch, a chord in an alarm, a click for nothing, soft noise for what nobody knows. */
function sound(audio: AudioContext, note: Note, seconds: number): void {
  if (note.kind === 'noise') return soundSource(audio, noise(audio, seconds), seconds, QUIET)
  if (note.kind === 'click') return soundTones(audio, [CLICK_HZ], CLICK_S, QUIET)
  soundTones(audio, note.kind === 'chord' ? chordOver(note.hz) : [note.hz], seconds)
}

function noise(audio: AudioContext, seconds: number): AudioBufferSourceNode {
  const buffer = audio.createBuffer(1, Math.ceil(audio.sampleRate * seconds), audio.sampleRate)
  buffer.getChannelData(0).forEach((_, at, samples) => (samples[at] = Math.random() * 2 - 1))
  const source = audio.createBufferSource()
  source.buffer = buffer
  return source
}
