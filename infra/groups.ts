import { plainKinds } from '#lib/base/plain-kinds.ts'

/**
 * The one table of endpoint groups: CDK makes a Lambda and its routes of each line, the local gateway
 * dispatches by it, the reference lists it. Adding a Lambda is adding a line.
 */
export type Group = {
  /** `functions/<name>.ts`, whose `handler` takes API Gateway v2 events. */
  name: string
  /** Route templates below /api/v2 (and /en/api/v2) as HTTP APIs write them; most specific wins. */
  paths: string[]
  table: 'none' | 'read' | 'write'
  /** `files`: reads exports alone, so that it may sign their addresses. */
  bucket: 'none' | 'write' | 'files'
  memoryMb: number
  /** Rows that open doors, by hash: who may make them, and who may only take them away. */
  secrets?: { make?: Secret[]; remove?: Secret[] }
}

export type Secret = 'token' | 'feed'

/** How the partition keys of these rows begin (`keys.token`, `keys.feed`). */
export const secretKeys: Record<Secret, string> = { token: 'K#', feed: 'KF#' }

export const groups: Group[] = [
  {
    name: 'events',
    paths: [
      '/events',
      '/events/{event}',
      '/events/{event}/batches/{batch_id}',
      '/events/{event}/ticket_types',
      '/events/{event}/ticket_types/{proxy+}',
      '/events/{event}/people/resources/{person}/ticket',
      '/tokens',
      '/tokens/{proxy+}',
      '/me',
      '/organisation',
      ...Object.values(plainKinds).flatMap(({ plural }) => [
        `/events/{event}/${plural}`,
        `/events/{event}/${plural}/{proxy+}`,
      ]),
    ],
    table: 'write',
    bucket: 'none',
    memoryMb: 1024,
    secrets: { make: ['token'] },
  },
  {
    name: 'people',
    paths: [
      '/events/{event}/people',
      '/events/{event}/people/{proxy+}',
      // Also a group whose name is a word of the profiles group, such as "slots".
      '/events/{event}/people/groups/{group}',
    ],
    table: 'write',
    bucket: 'write',
    // Decodes a picture when a person comes with one: at half the memory it would take twice as long.
    memoryMb: 1024,
    // Whoever is erased loses their tokens and feeds in the same request.
    secrets: { remove: ['token', 'feed'] },
  },
  {
    name: 'sessions',
    paths: [
      '/events/{event}/sessions',
      '/events/{event}/sessions/{proxy+}',
      '/events/{event}/conflicts',
      '/events/{event}/conflicts/{proxy+}',
      // Who makes feeds is one function.
      '/events/{event}/people/me/sessions/feeds',
    ],
    table: 'write',
    bucket: 'none',
    memoryMb: 1024,
    secrets: { make: ['feed'] },
  },
  {
    name: 'checkins',
    paths: [
      '/events/{event}/checkins',
      '/events/{event}/checkins/{proxy+}',
      '/events/{event}/people/resources/{person}/badge',
      '/events/{event}/people/resources/{person}/badge.svg',
    ],
    table: 'write',
    bucket: 'none',
    memoryMb: 1024,
  },
  {
    name: 'pictures',
    paths: ['/event/{event}/resources/{proxy+}', '/events/{event}/resources/{proxy+}'],
    table: 'write',
    bucket: 'write',
    memoryMb: 1769,
  },
  {
    name: 'schedules',
    paths: [
      '/event_schedules/{proxy+}',
      '/events/{event}/event_schedules',
      '/events/{event}/event_schedules/{proxy+}',
      '/events/{event}/users',
      '/events/{event}/groups',
      '/events/{event}/groups/{proxy+}',
    ],
    table: 'write',
    bucket: 'none',
    memoryMb: 1024,
  },
  {
    name: 'networking',
    paths: ['/events/{event}/networking/sessions', '/events/{event}/networking/sessions/{proxy+}'],
    table: 'write',
    bucket: 'none',
    memoryMb: 1769,
  },
  {
    name: 'profiles',
    paths: [
      '/events/{event}/people/{person}/profile',
      '/events/{event}/people/{person}/connection',
      '/events/{event}/people/{person}/slots',
      '/events/{event}/people/{person}/meetings',
      '/events/{event}/people/me/connections',
      '/events/{event}/people/me/meetings/{id}',
    ],
    table: 'write',
    bucket: 'none',
    memoryMb: 1024,
  },
  {
    name: 'apps',
    paths: [
      '/events/{event}/people/directory',
      '/events/{event}/people/me/sessions',
      '/events/{event}/people/me/sessions/{proxy+}',
      '/events/{event}/people/me/badge.svg',
      '/events/{event}/people/me/export',
    ],
    table: 'write',
    bucket: 'none',
    memoryMb: 1024,
  },
  {
    name: 'changes',
    paths: ['/events/{event}/changes', '/changes'],
    table: 'read',
    bucket: 'none',
    // Most of the time it waits.
    memoryMb: 512,
  },
  {
    name: 'webhooks',
    paths: ['/events/{event}/webhooks', '/events/{event}/webhooks/{proxy+}'],
    table: 'write',
    bucket: 'none',
    memoryMb: 512,
  },
  {
    name: 'exports',
    paths: ['/events/{event}/exports', '/events/{event}/exports/{proxy+}'],
    table: 'write',
    bucket: 'files',
    memoryMb: 512,
  },
  {
    name: 'programme',
    paths: ['/events/{event}/programme', '/events/{event}/programme/{proxy+}'],
    table: 'read',
    bucket: 'none',
    memoryMb: 1024,
  },
  {
    name: 'console',
    paths: ['/console', '/console/{file}'],
    table: 'none',
    bucket: 'none',
    memoryMb: 512,
  },
  {
    name: 'reference',
    paths: ['/', '/health', '/openapi.json', '/reference/{proxy+}'],
    table: 'none',
    bucket: 'none',
    memoryMb: 1024,
  },
]

const prefixes = ['/api/v2', '/en/api/v2']

/** All route templates of a group, in both prefixes. The root of each stands without a slash. */
export const templatesOf = ({ paths }: Group): string[] =>
  prefixes.flatMap((prefix) => paths.map((path) => (path === '/' ? prefix : prefix + path)))
