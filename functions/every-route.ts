import { openapi } from '#lib/http/openapi/document.ts'
import { guidePages } from '#lib/http/openapi/guides.ts'
import type { Route } from '#lib/http/route.ts'
import manifest from '../package.json' with { type: 'json' }
import { routes as apps } from './apps.ts'
import { routes as changes } from './changes.ts'
import { routes as checkins } from './checkins.ts'
import { routes as consoles } from './console.ts'
import { routes as events } from './events.ts'
import { routes as exports } from './exports.ts'
import { routes as networking } from './networking.ts'
import { routes as people } from './people.ts'
import { routes as pictures } from './pictures.ts'
import { routes as profiles } from './profiles.ts'
import { routes as programme } from './programme.ts'
import { routes as reference } from './reference.ts'
import { routes as schedules } from './schedules.ts'
import { routes as sessions } from './sessions.ts'
import { routes as webhooks } from './webhooks.ts'

/** Every route there is: what the document is made of, and what the tests of all routes go through. */
export const everyRoute: Route[] = [
  ...events,
  ...people,
  ...sessions,
  ...pictures,
  ...schedules,
  ...networking,
  ...profiles,
  ...changes,
  ...webhooks,
  ...exports,
  ...checkins,
  ...apps,
  ...programme,
  ...consoles,
  ...reference,
]

/** The guides, and a page for every error (lib/http/openapi/guides.ts), as JSON. */
export const guidesText = (): string => JSON.stringify(guidePages(everyRoute))

/** The OpenAPI document of all of them, as `/openapi.json` answers it. */
export const documentText = (): string =>
  JSON.stringify(openapi(everyRoute, { version: manifest.version }))
