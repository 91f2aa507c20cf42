import type { Scope } from '#lib/table/scope.ts'

/** Of many things none is begun so shortly before the deadline. */
export const reserveMs = 3_000

/** Whether it is too late to begin one more. */
export const isLate = ({ deadline }: Pick<Scope, 'deadline'>): boolean =>
  Date.now() > deadline - reserveMs
