/** The Plenary API: every call with its types (`api`), and by hand what the document cannot say. */

export { reportOf } from './batch.ts'
export * as api from './generated/sdk.gen.ts'
export type * as types from './generated/types.gen.ts'
export { items, pages } from './pages.ts'
export { uploadPicture } from './picture.ts'
export { createPlenary, type Plenary, type PlenaryOptions } from './plenary.ts'
export { type Retries, retrying } from './retry.ts'
export { verifyWebhook } from './webhook.ts'
