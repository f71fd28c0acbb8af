import type { Topic } from './topic.ts'

export const INCIDENTS: Topic = {
  matters: [
    [
      '{service} answers {status} for every {few}th request',
      'Since {clock} UTC {service} in {region} answers about {percent} % of its requests with {status}. Before that it was quiet for days.',
    ],
    [
      '{service}: {error}',
      'The logs of {service} are full of "{error}". It began with version {version}; {host} was the first to show it.',
    ],
    [
      'Error rate of {service} at {percent} %',
      'The on-call phone rang at {clock}: {service} misses its objective. {otherService} depends on it and queues up behind it.',
    ],
    [
      '{otherService} gets "{error}" from {service}',
      'Calls from {otherService} to {service} fail with "{error}". Roughly one in {few}; a retry usually goes through.',
    ],
    [
      'Health check of {service} flaps in {region}',
      'The load balancer in {region} takes {service} out and puts it back every {some} seconds. Users see an error page in between.',
    ],
    [
      '{service} restarts every {few} minutes',
      '{service} restarts again and again. Each time it takes about {some} s until it serves requests.',
    ],
    [
      'Instances of {service} killed, out of memory',
      'The memory of {service} climbs by about {some} MB a minute until the process is killed. Version {version} is the first that does it.',
    ],
    [
      '{service} does not come up on {host}',
      'After the restart of {host} at {clock} {service} stays down. All it says is: {error}.',
    ],
    [
      'Deploy of {service} {version} breaks {otherService}',
      'We rolled out {service} {version} at {clock}. From then on {otherService} answers {status}, although its tests passed.',
    ],
    [
      'No logs from {service} for {some} minutes',
      'Nothing has come from {service} in {region} since {clock}. It seems to work, but we are blind if it does not.',
    ],
  ],
  details: [
    'From the log of {host}:\n{clock}:07 ERROR {service} {error} (request {trace})',
    'Rolling back to the version before helped on {host}, but we would lose a fix that people wait for.',
    'A trace to look at: {trace}. The time goes into the call to {otherService}.',
    'Restarting helps for about {some} minutes. Nothing was changed on our side, and the certificates are valid until next year.',
    'The other regions are fine. Moving the traffic away from {region} is prepared, but not done yet.',
  ],
  tails: [' since {clock}', ', {some} customers affected', ', second time this week', ' on {environment}'],
}
