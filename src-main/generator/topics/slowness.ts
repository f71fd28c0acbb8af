import type { Topic } from './topic.ts'

export const SLOWNESS: Topic = {
  matters: [
    [
      '{page} takes {some} seconds to load',
      'Opening the {page} takes {some} seconds and more for us. Last week it was instant.',
    ],
    [
      '{page} is slow for customers in {city}',
      'Our people in {city} wait half a minute for the {page}. From the head office it is quick, so it may be the network, but everything else works.',
    ],
    [
      'p95 of {service} above {few} seconds',
      'The response time of {service} doubled at {clock} and has stayed there. Traffic is what it always is at this hour.',
    ],
    [
      'Time-outs between {service} and {otherService}',
      'Requests from {service} to {otherService} time out, mostly in {region}. Those that do arrive are answered within milliseconds.',
    ],
    [
      'Queue of {service} grows: {many} messages waiting',
      'The queue of {service} holds {many} messages and grows by some hundred a minute. Nothing is lost so far, only late.',
    ],
    [
      'Search takes forever',
      'A search that found its {few} results at once now takes {some} seconds. The shorter the word, the longer it takes.',
    ],
    [
      'Export of {many} rows never finishes',
      'The export starts, shows {percent} % and stays there. Up to about a thousand rows it works.',
    ],
    [
      'Database connections of {service} used up',
      'All connections of {service} are taken since {clock}, most of them idle in a transaction. New requests wait and give up.',
    ],
  ],
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
