/** Refusals of the store that say for certain that nothing was written. */
const refusals = new Set([
  'ConditionalCheckFailedException',
  'TransactionConflictException',
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ValidationException',
  'AccessDeniedException',
])

const marked = new WeakSet<object>()

/** After this error nobody knows whether what was sent has been carried out: its answer may only be lost. */
export const isUnsure = (error: unknown): boolean =>
  error instanceof Error && (marked.has(error) || !refusals.has(error.name))

/** The error, which is the answer to a call that was sent before and may have been carried out then. */
export function afterUnsure<T>(error: T): T {
  if (error instanceof Error) marked.add(error)
  return error
}

/** Whether an answer is one to a call that was sent more than once. */
export const isRepeated = (error: object): boolean => {
  const { $metadata } = error as { $metadata?: { attempts?: number } }
  return marked.has(error) || ($metadata?.attempts ?? 1) > 1
}
