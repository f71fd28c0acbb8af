/**
 * What tickets of one kind are made of. `{name}` stands for a fact of `ticket-text.ts`; one ticket uses the same
 * facts in its title and in its text. The details and tails of a topic fit all of its matters.
 */
export interface Topic {
  /** What happened, by title: the first paragraph of the text. */
  readonly matters: Readonly<Record<string, string>>
  /** What else the writer knows: steps, a log line, numbers, what they tried. */
  readonly details: readonly string[]
  /** What may follow a title, with the space or comma that it needs. */
  readonly tails: readonly string[]
}

export const DATA_FLOWS: Topic = {
  matters: {
    'Webhook to {company} delivered {few} times':
      '{company} received the same event {few} times within a minute, with different ids. They pay for each call, so this matters.',
    'Import stops at row {many}':
      'The import of this morning stopped at row {many} and left the rest out. The report says that everything is fine.',
    'Nightly job of {service} did not run':
      'The nightly job of {service} has not written anything since {weekday}. There is no error, and it ends with success.',
    'Sync between {service} and {otherService} is {some} minutes behind':
      'What is changed in {service} reaches {otherService} only {some} minutes later, and the delay grows.',
    'API returns {status} although the documentation says 200':
      'The call is written exactly as in your documentation and comes back with {status}. The answer has no body.',
    'Rate limit reached at half of the documented {many} calls':
      'We are refused from about half of the documented {many} calls an hour. The header says that there are plenty left.',
    'Backup of {service} is empty':
      'The backup of {service} has been {few} kB since {weekday}. Before that it was some hundred gigabytes.',
    'Records of {company} appear twice':
      'After the import each record of {company} is there twice, with different numbers. Deleting one deletes both.',
    'Field "{field}" is cut after 255 characters':
      'The API takes longer texts for "{field}" without complaint, but keeps 255 characters of them.',
  },
  details: [
    'Request {trace} at {clock} UTC, from {ip}. The body was valid against your schema.',
    'It may have to do with "{field}", which was allowed to be empty until version {version}.',
    'Until it is repaired we copy the records by hand, about {some} an hour.',
    'The log ends with: {error}',
  ],
  tails: [
    ' since {clock}',
    ' after the release of {version}',
    ', {some} records affected',
    ' on {environment}',
  ],
}

export const SLOWNESS: Topic = {
  matters: {
    '{page} takes {some} seconds to load':
      'Opening the {page} takes {some} seconds and more for us. Last week it was instant.',
    '{page} is slow for customers in {city}':
      'Our people in {city} wait half a minute for the {page}. From the head office it is quick, so it may be the network, but everything else works.',
    'p95 of {service} above {few} seconds':
      'The response time of {service} doubled at {clock} and has stayed there. Traffic is what it always is at this hour.',
    'Time-outs between {service} and {otherService}':
      'Requests from {service} to {otherService} time out, mostly in {region}. Those that do arrive are answered within milliseconds.',
    'Queue of {service} grows: {many} messages waiting':
      'The queue of {service} holds {many} messages and grows by some hundred a minute. Nothing is lost so far, only late.',
    'Search takes forever':
      'A search that found its {few} results at once now takes {some} seconds. The shorter the word, the longer it takes.',
    'Export of {many} rows never finishes':
      'The export starts, shows {percent} % and stays there. Up to about a thousand rows it works.',
    'Database connections of {service} used up':
      'All connections of {service} are taken since {clock}, most of them idle in a transaction. New requests wait and give up.',
  },
  details: [
    'The slow query log shows the same statement {some} times a second, with a full scan each time.',
    'Measured from {city} with {browser}: {some} s to the first byte.',
    'What we tried: emptied the cache, doubled the workers, moved the nightly job. No difference.',
    'Going from {few} to {some} instances of {service} changed nothing, so it is probably not the processor.',
  ],
  tails: [
    ' since {clock}',
    ' after the release of {version}',
    ', reported by {company}',
    ', second time this week',
  ],
}

export const INCIDENTS: Topic = {
  matters: {
    '{service} answers {status} for every {few}th request':
      'Since {clock} UTC {service} in {region} answers about {percent} % of its requests with {status}. Before that it was quiet for days.',
    '{service}: {error}':
      'The logs of {service} are full of "{error}". It began with version {version}; {host} was the first to show it.',
    'Error rate of {service} at {percent} %':
      'The on-call phone rang at {clock}: {service} misses its objective. {otherService} depends on it and queues up behind it.',
    '{otherService} gets "{error}" from {service}':
      'Calls from {otherService} to {service} fail with "{error}". Roughly one in {few}; a retry usually goes through.',
    'Health check of {service} flaps in {region}':
      'The load balancer in {region} takes {service} out and puts it back every {some} seconds. Users see an error page in between.',
    '{service} restarts every {few} minutes':
      '{service} restarts again and again. Each time it takes about {some} s until it serves requests.',
    'Instances of {service} killed, out of memory':
      'The memory of {service} climbs by about {some} MB a minute until the process is killed. Version {version} is the first that does it.',
    '{service} does not come up on {host}':
      'After the restart of {host} at {clock} {service} stays down. All it says is: {error}.',
    'Deploy of {service} {version} breaks {otherService}':
      'We rolled out {service} {version} at {clock}. From then on {otherService} answers {status}, although its tests passed.',
    'No logs from {service} for {some} minutes':
      'Nothing has come from {service} in {region} since {clock}. It seems to work, but we are blind if it does not.',
  },
  details: [
    'From the log of {host}:\n{clock}:07 ERROR {service} {error} (request {trace})',
    'Rolling back to the version before helped on {host}, but we would lose a fix that people wait for.',
    'A trace to look at: {trace}. The time goes into the call to {otherService}.',
    'Restarting helps for about {some} minutes. Nothing was changed on our side, and the certificates are valid until next year.',
    'The other regions are fine. Moving the traffic away from {region} is prepared, but not done yet.',
  ],
  tails: [' since {clock}', ', {some} customers affected', ', second time this week', ' on {environment}'],
}
