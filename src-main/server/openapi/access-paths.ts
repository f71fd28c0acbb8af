import { SCOPES } from '../../../src-shared/contract/schema.ts'
import { failuresOf, json, refTo, type JsonObject } from './failures.ts'
import { answers, loose, open, strict, success, takes } from './parts.ts'

const scopeSchema: JsonObject = {
  type: 'string',
  enum: SCOPES,
  description: 'Each allows what those before it do.',
}

const caller = loose({
  kind: { type: 'string', enum: ['token', 'session'] },
  scope: scopeSchema,
  expiresMs: refTo('EpochMs'),
})

const helloSchema = loose({
  program: { type: 'string', const: 'jira-tpm' },
  version: { type: 'string' },
  contract: { type: 'array', items: { type: 'integer' } },
  leastContract: { type: 'integer' },
  serverId: { type: 'string' },
  name: { type: 'string' },
  nowMs: refTo('EpochMs'),
})

/** How browsers and programs are let in. */
export const accessPaths: JsonObject = {
  '/api/session': {
    get: {
      operationId: 'session.caller',
      tags: ['access'],
      summary: 'Who calls',
      description: 'What the caller may do, and until when.',
      ...takes('read'),
      responses: answers('The caller.', success(caller), [400, 401, 403, 429]),
    },
    post: {
      operationId: 'session.begin',
      tags: ['access'],
      summary: 'Trade a one-time link for a session',
      description:
        'What the dashboard does when a person opens the link that `jira-tpm token link` gave: its fragment has the code. The answer sets the session’s cookie (HttpOnly, SameSite=Strict), which no script can read. A code works once.',
      ...open,
      requestBody: { required: true, content: json(strict({ code: { type: 'string', maxLength: 128 } })) },
      responses: {
        200: {
          description: 'The session has begun.',
          headers: { 'Set-Cookie': { description: 'The session.', schema: { type: 'string' } } },
          content: json(success(loose({ scope: scopeSchema }))),
        },
        ...failuresOf([400, 401, 403, 413, 415, 429]),
      },
    },
  },
  '/api/session/end': {
    post: {
      operationId: 'session.end',
      tags: ['access'],
      summary: 'Sign out',
      description:
        'Ends the session whose cookie comes with the request, and its events. A token ends by `jira-tpm token revoke`.',
      security: [{ session: ['read'] }],
      'x-scope': 'read',
      responses: answers('The session has ended.', success(loose({})), [400, 401, 403, 429]),
    },
  },
  '/api/hello': {
    get: {
      operationId: 'server.hello',
      tags: ['access'],
      summary: 'Who the server is',
      description:
        'What a program asks before it shows anything of itself: which program answers, which versions of the contract it serves, and by `serverId` whose tokens are taken here. All servers of one store have the same.',
      ...open,
      responses: answers('The server.', success(helloSchema), [400, 403, 503]),
    },
  },
  '/api/login': {
    post: {
      operationId: 'login.begin',
      tags: ['access'],
      summary: 'Trade a one-time link for a token',
      description:
        'Signs a program in: the code of a link that `jira-tpm token link` gave, and the name of the machine, by which the token is listed. The token has the link’s scope and id, and is good for 90 days.',
      ...open,
      requestBody: {
        required: true,
        content: json(
          strict({
            code: { type: 'string', minLength: 1, maxLength: 128 },
            name: { type: 'string', minLength: 1, maxLength: 200 },
          }),
        ),
      },
      responses: answers(
        'The token. It is given this once.',
        success(
          loose({
            token: { type: 'string' },
            id: { type: 'string' },
            scope: scopeSchema,
            expiresMs: refTo('EpochMs'),
          }),
        ),
        [400, 401, 409, 413, 415, 429, 503],
      ),
    },
  },
  '/api/token/renew': {
    post: {
      operationId: 'login.renew',
      tags: ['access'],
      summary: 'Have the 90 days of a token begin anew',
      description:
        'A new token with the same id, for one that `POST /api/login` gave. The one before stays good until it expires, since the answer may be lost; a revocation ends both.',
      ...takes('read'),
      responses: answers(
        'The token.',
        success(loose({ token: { type: 'string' }, expiresMs: refTo('EpochMs') })),
        [400, 401, 409, 429, 503],
      ),
    },
  },
  '/api/token/end': {
    post: {
      operationId: 'login.end',
      tags: ['access'],
      summary: 'Revoke the caller’s own token',
      description: 'What a program does that signs out. A browser’s session ends by `POST /api/session/end`.',
      ...takes('read'),
      responses: answers('The token has ended.', success(loose({})), [400, 401, 404, 429, 503]),
    },
  },
}
