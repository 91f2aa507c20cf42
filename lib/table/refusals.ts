import type {
  CancellationReason,
  ConditionalCheckFailedException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb'

// By name: to ask for their classes the whole SDK would have to be loaded.
const isNamed = <E extends Error>(error: unknown, name: E['name']): error is E =>
  error instanceof Error && error.name === name

/** Whether a write was refused because its condition does not hold. */
export const isConditionFailed = (error: unknown): error is ConditionalCheckFailedException =>
  isNamed(error, 'ConditionalCheckFailedException')

/** Why each write of a transaction was refused; undefined for any other error. */
export const cancellationOf = (error: unknown): CancellationReason[] | undefined =>
  isNamed<TransactionCanceledException>(error, 'TransactionCanceledException')
    ? (error.CancellationReasons ?? [])
    : undefined
