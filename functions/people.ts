import { createApp } from '#lib/http/app.ts'
import { lambdaHandler } from '#lib/http/lambda.ts'
import type { Route } from '#lib/http/route.ts'
import { peopleBatchRoutes } from './people/batch.ts'
import { groupRoutes } from './people/groups.ts'
import { personalDataRoutes } from './people/personal.ts'
import { personRelationRoutes } from './people/relations.ts'
import { peopleRoutes } from './people/resources.ts'
import { customFieldRoutes } from './shared/custom-fields.ts'

export const routes: Route[] = [
  ...peopleRoutes,
  ...peopleBatchRoutes,
  ...personalDataRoutes,
  ...personRelationRoutes,
  ...groupRoutes,
  ...customFieldRoutes('people', 'People'),
]

export const app = createApp(routes)
export const handler = lambdaHandler(app)
