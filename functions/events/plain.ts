import type { Route } from '#lib/http/route.ts'
import { roomRoutes } from './rooms.ts'

/** The routes of every plain kind (`lib/base/plain-kinds.ts`). */
export const plainKindRoutes: Route[] = [...roomRoutes]
