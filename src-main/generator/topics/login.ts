import type { Topic } from './topic.ts'

export const LOGIN: Topic = {
  matters: [
    [
      'Cannot log in: {loginError}',
      'When I log in I get "{loginError}". My password is right, I changed it yesterday and it works on the phone.',
    ],
    [
      'Password reset mail never arrives',
      'I asked for a new password {few} times since {clock}. No mail, not in the junk folder either. Other mails from you do arrive.',
    ],
    [
      'Single sign-on loops back to the login page',
      'After the login the browser jumps between two addresses {some} times and then gives up.',
    ],
    [
      'Locked out after changing my phone',
      'The new phone shows no codes for your site, the old one is already gone. I need to get in before {weekday}.',
    ],
    [
      '{person} cannot see the project any more',
      'Until yesterday {person} worked in our project, today it is not in the list. Nobody here has changed anything.',
    ],
    [
      '{company}: nobody can sign in',
      'Everybody at {company} is sent back to the start with "{loginError}" since {clock}. Who is still signed in can work.',
    ],
    [
      'Two-factor code is refused, clock is right',
      'The code is refused each time. The clock of the phone is set by the network, and the same app works for other sites.',
    ],
    [
      'Session ends after {some} minutes although "stay signed in" is ticked',
      'I have to sign in again every {some} minutes. If I am typing just then, the text is gone.',
    ],
    [
      'Invited users get "{loginError}"',
      'We invited {some} people, all of them get "{loginError}" when they follow the link. A second invitation makes no difference.',
    ],
  ],
  details: [
    'Browser: {browser} on {system}. A private window makes no difference, neither does another network.',
    'The account is {email}. Please do not reset it before you have looked, we had that last time.',
    'It began after the update to {version}, or at least nobody noticed it before.',
    'Our identity provider shows the login as successful, with the trace {trace}.',
  ],
  tails: [
    ' ({browser} only)',
    ' since {clock}',
    ' since the update to {version}',
    ', {some} people affected',
  ],
}
