import { Type, type Static } from 'typebox'
import { described, EpochMs, method, model, Nothing, nullable, ONE_LINE, params } from './schema.ts'

export const Screen = model(
  'Screen',
  'A screen that nobody touches. Whoever has its link sees the TV view, and nothing else.',
  {
    id: Type.String(),
    name: Type.String(),
    createdMs: EpochMs,
    expiresMs: EpochMs,
    openedMs: nullable(EpochMs, 'When its link was opened last.'),
  },
)
export type Screen = Static<typeof Screen>

const Screens = Type.Object({
  screens: described('Those that may look on now, the newest first.', Type.Array(Screen)),
})

export const screenMethods = {
  'settings.screens': method({
    scope: 'admin',
    summary: 'The screens that may look on',
    description: 'Links of scope `display` that have neither expired nor been revoked. Never a link itself.',
    params: Nothing,
    result: Screens,
  }),
  'settings.addScreen': method({
    scope: 'admin',
    summary: 'Let a screen look on',
    description:
      'Makes a link of scope `display`, for 180 days. It is given this once, and opens the TV view as often as the screen is started. `not-found` where no dashboard is served.',
    params: params({
      name: Type.String({
        minLength: 1,
        maxLength: 64,
        pattern: `^${ONE_LINE}*$`,
        description: 'Where it hangs.',
      }),
    }),
    result: Type.Object({ screen: Screen, link: Type.String() }),
    example: { name: 'Lobby' },
  }),
  'settings.revokeScreen': method({
    scope: 'admin',
    summary: 'Let a screen look on no more',
    description: 'From the next moment on. `not-found` where there is no such screen.',
    params: params({ id: Type.String({ maxLength: 64 }) }),
    result: Screens,
    example: { id: '7d0c9c2e-4a67-4c1b-9a51-6c7a4ae1c0de' },
  }),
}
