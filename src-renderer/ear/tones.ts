const VOLUME = 0.15

/** An alarm: a minor third and a fifth over the tone. */
const CHORD = [1, 1.2, 1.5] as const
const ALARM_HZ = 440
const ALARM_S = 0.9

/** The frequencies (Hz) of the chord over one. */
export function chordOver(hz: number): number[] {
  return CHORD.map((times) => hz * times)
}

/** Sounds tones together (Hz) for so many seconds, each as loud as its share; `loud` from 0 to 1. */
export function soundTones(audio: AudioContext, hz: readonly number[], seconds: number, loud = 1): void {
  for (const frequency of hz) {
    soundSource(audio, new OscillatorNode(audio, { frequency }), seconds, loud / hz.length)
  }
}

/** Sounds a source from now on for so many seconds; `loud` from 0 to 1. */
export function soundSource(
  audio: AudioContext,
  source: AudioScheduledSourceNode,
  seconds: number,
  loud: number,
): void {
  const from = audio.currentTime
  const to = from + seconds
  const volume = audio.createGain()
  // From and to silence, or each note would crack.
  volume.gain.setValueAtTime(0, from)
  volume.gain.linearRampToValueAtTime(VOLUME * loud, from + Math.min(0.01, seconds / 2))
  volume.gain.linearRampToValueAtTime(0, to)
  source.connect(volume).connect(audio.destination)
  source.start(from)
  source.stop(to)
}

/** The alarm by itself, once: at once or not at all, as a browser lets no page sound that nobody has clicked in. */
export function soundAlarm(): void {
  const audio = new AudioContext()
  soundTones(audio, chordOver(ALARM_HZ), ALARM_S)
  setTimeout(() => void audio.close(), ALARM_S * 1_000)
}
