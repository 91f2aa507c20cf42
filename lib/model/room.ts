import type { Plain } from './plain.ts'

/** A place in which sessions are held. */
export type Room = Plain & { capacity?: number | undefined }
