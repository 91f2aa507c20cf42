import type {
  BatchGetCommandInput,
  BatchGetCommandOutput,
  GetCommandInput,
  GetCommandOutput,
  PutCommandInput,
  PutCommandOutput,
  QueryCommandInput,
  QueryCommandOutput,
  ScanCommandInput,
  ScanCommandOutput,
  TransactWriteCommandInput,
  TransactWriteCommandOutput,
  UpdateCommandInput,
  UpdateCommandOutput,
} from '@aws-sdk/lib-dynamodb'

/** A call of the store, as the document client's commands say it, and what is answered to it. */
export type TableCommand<Output = unknown> = {
  operation: Operation
  input: Record<string, unknown>
  readonly output?: Output
}

export const operations = [
  'GetItem',
  'Query',
  'BatchGetItem',
  'TransactWriteItems',
  'UpdateItem',
  'PutItem',
  'Scan',
] as const
export type Operation = (typeof operations)[number]

const command =
  <Input extends object, Output>(operation: Operation) =>
  (input: Input): TableCommand<Output> => ({
    operation,
    input: { ...input } as Record<string, unknown>,
  })

export const getItem = command<GetCommandInput, GetCommandOutput>('GetItem')
export const query = command<QueryCommandInput, QueryCommandOutput>('Query')
export const batchGet = command<BatchGetCommandInput, BatchGetCommandOutput>('BatchGetItem')
export const transactWrite = command<TransactWriteCommandInput, TransactWriteCommandOutput>(
  'TransactWriteItems',
)
export const updateItem = command<UpdateCommandInput, UpdateCommandOutput>('UpdateItem')
export const putItem = command<PutCommandInput, PutCommandOutput>('PutItem')
export const scan = command<ScanCommandInput, ScanCommandOutput>('Scan')
