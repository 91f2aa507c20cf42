export type Statement = {
  Effect: string
  Action: string | string[]
  Condition?: Record<string, Record<string, string | string[]>>
}
export type Asked = { action: string; leadingKeys: string[]; attributes: string[] }

/**
 * Whether a policy of ours allows an operation on the table: as much of IAM as our policies say
 * (docs.aws.amazon.com/IAM, "Policy evaluation logic" and "Multivalued context keys").
 */
export const allows = (statements: Statement[], asked: Asked): boolean =>
  statements.some(
    ({ Action, Condition = {} }) =>
      [Action].flat().includes(asked.action) &&
      Object.entries(Condition).every(([operator, keys]) =>
        Object.entries(keys).every(([key, patterns]) =>
          holds(operator, valuesOf(asked, key), [patterns].flat()),
        ),
      ),
  )

function valuesOf(asked: Asked, key: string): string[] {
  if (key === 'dynamodb:LeadingKeys') return asked.leadingKeys
  if (key === 'dynamodb:Attributes') return asked.attributes
  throw new Error(`our policies do not speak of ${key}`)
}

function holds(operator: string, values: string[], patterns: string[]): boolean {
  const matches = (value: string) => patterns.some((one) => like(one).test(value))
  if (operator === 'ForAllValues:StringLike') return values.every(matches)
  if (operator === 'ForAllValues:StringNotLike') return values.every((value) => !matches(value))
  if (operator === 'ForAllValues:StringEquals') {
    return values.every((value) => patterns.includes(value))
  }
  throw new Error(`our policies do not speak of ${operator}`)
}

const like = (pattern: string) =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`)

type Item = {
  Key?: Record<string, { S?: string }>
  Item?: Record<string, { S?: string }>
  UpdateExpression?: string
  ConditionExpression?: string
  ExpressionAttributeNames?: Record<string, string>
}
type Body = Item & {
  TransactItems?: Record<string, Item>[]
  RequestItems?: Record<string, { Keys?: Record<string, { S?: string }>[] }>
}

/** What IAM would ask for a call of DynamoDB's: one operation, or one for each item of a transaction. */
export function operationsIn(target: string, body: Body): Asked[] {
  if (target === 'TransactWriteItems') {
    return (body.TransactItems ?? []).flatMap((one) =>
      Object.entries(one).map(([verb, item]) => operation(verbs[verb] ?? verb, item)),
    )
  }
  if (target === 'BatchGetItem') {
    const keys = Object.values(body.RequestItems ?? {}).flatMap(({ Keys = [] }) => Keys)
    const leadingKeys = keys.flatMap(({ pk }) => pk?.S ?? [])
    return [{ action: `dynamodb:${target}`, leadingKeys, attributes: [] }]
  }
  return [operation(target, body)]
}

const verbs: Record<string, string> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
}

function operation(verb: string, item: Item): Asked {
  const row = item.Item ?? item.Key ?? {}
  const text = `${item.UpdateExpression ?? ''} ${item.ConditionExpression ?? ''}`
  const spelled = text.replace(/#\w+/g, (name) => item.ExpressionAttributeNames?.[name] ?? name)
  const words = spelled.match(/(?<![:\w])[A-Za-z_]\w*/g) ?? []
  const names = words.filter((word) => !functions.has(word))
  return {
    action: `dynamodb:${verb}`,
    leadingKeys: row.pk?.S === undefined ? [] : [row.pk.S],
    attributes: [...new Set([...Object.keys(row), ...names])],
  }
}

const functions = new Set(
  'SET REMOVE ADD DELETE AND OR NOT BETWEEN IN attribute_exists attribute_not_exists begins_with contains size if_not_exists list_append attribute_type'.split(
    ' ',
  ),
)
