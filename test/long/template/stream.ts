import { followed } from '#lib/store/feed/followed.ts'
import type { Json, Rule, View } from './template.ts'

const mapping = (t: View): Json => t.properties('Lambda::EventSourceMapping', 'FeedSource')
const filters = (t: View): Json[] =>
  mapping(t).FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern))
const statements = (t: View, id: string): Json[] =>
  t.properties('IAM::Policy', id).PolicyDocument.Statement
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

export const streamRules: Rule[] = [
  {
    says: 'the stream of the table has rows before and after',
    holds: (t) =>
      t.properties('DynamoDB::Table').StreamSpecification?.StreamViewType === 'NEW_AND_OLD_IMAGES',
    broken: (t) =>
      Object.assign(t.properties('DynamoDB::Table').StreamSpecification, {
        StreamViewType: 'KEYS_ONLY',
      }),
  },
  {
    says: 'the feed begins with the oldest record that is kept',
    holds: (t) => mapping(t).StartingPosition === 'TRIM_HORIZON',
    broken: (t) => Object.assign(mapping(t), { StartingPosition: 'LATEST' }),
  },
  {
    says: 'records of one row come to the feed in their order',
    holds: (t) => mapping(t).ParallelizationFactor === 1,
    broken: (t) => Object.assign(mapping(t), { ParallelizationFactor: 10 }),
  },
  {
    says: 'what the feed does not take comes again in smaller parts, from there on',
    holds: (t) =>
      mapping(t).BisectBatchOnFunctionError &&
      same(mapping(t).FunctionResponseTypes, ['ReportBatchItemFailures']),
    broken: (t) => delete mapping(t).FunctionResponseTypes,
  },
  {
    says: 'no record is given up before it is too old to be read',
    holds: (t) =>
      !('MaximumRetryAttempts' in mapping(t)) && !('MaximumRecordAgeInSeconds' in mapping(t)),
    broken: (t) => Object.assign(mapping(t), { MaximumRetryAttempts: 3 }),
  },
  {
    says: 'what is given up is kept in a queue of its own',
    holds: (t) =>
      JSON.stringify(mapping(t).DestinationConfig?.OnFailure ?? '').includes('FeedFailures'),
    broken: (t) => delete mapping(t).DestinationConfig,
  },
  {
    says: 'the filter lets through what the feed may tell of, and nothing else',
    holds: (t) =>
      same(filters(t), [
        { dynamodb: { Keys: { pk: { S: followed.partitions.map((suffix) => ({ suffix })) } } } },
        { dynamodb: { Keys: { sk: { S: followed.sortKeys } } } },
        { dynamodb: { NewImage: { kind: { S: followed.kinds } } } },
        { dynamodb: { OldImage: { kind: { S: followed.kinds } } } },
      ]),
    broken: (t) => mapping(t).FilterCriteria.Filters.pop(),
  },
  {
    says: 'the feed makes changes and keeps the words of people, and no other row',
    holds: (t) =>
      same(
        statements(t, 'FeedData')
          .filter((one) => /Put|Update|Delete/.test(JSON.stringify(one.Action)))
          .map((one) => [one.Action, one.Condition['ForAllValues:StringLike']]),
        [
          ['dynamodb:PutItem', { 'dynamodb:LeadingKeys': ['*#L', '*#L#*', '*#LO#*', 'LE', 'LF'] }],
          [
            ['dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
            { 'dynamodb:LeadingKeys': ['*#Q#*'] },
          ],
        ],
      ),
    broken: (t) =>
      statements(t, 'FeedData')
        .at(-2)
        .Condition['ForAllValues:StringLike']['dynamodb:LeadingKeys'].push('*'),
  },
  {
    says: 'webhooks are woken by new changes and by new places in the queue, and by nothing else',
    holds: (t) =>
      same(
        t
          .properties('Lambda::EventSourceMapping', 'DeliverSource')
          .FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern)),
        [
          { eventName: ['INSERT'], dynamodb: { NewImage: { kind: { S: ['change'] } } } },
          { eventName: ['INSERT'], dynamodb: { Keys: { pk: { S: ['ZW'] } } } },
        ],
      ),
    broken: (t) =>
      t.properties('Lambda::EventSourceMapping', 'DeliverSource').FilterCriteria.Filters.pop(),
  },
  {
    says: 'the sender of webhooks writes webhooks and their deliveries, and calls itself alone',
    holds: (t) => {
      const [write] = statements(t, 'DeliverData').filter((one) =>
        JSON.stringify(one.Action).includes('PutItem'),
      )
      const [call] = statements(t, 'DeliverTurns')
      return (
        same(write.Condition, {
          'ForAllValues:StringLike': {
            'dynamodb:LeadingKeys': ['*#W', '*#WA', '*#WD#*', '*#WR#*', 'ZW'],
          },
        }) && JSON.stringify(call.Resource).includes('DeliverFunction')
      )
    },
    broken: (t) =>
      Object.assign(statements(t, 'DeliverTurns')[0], {
        Resource: { 'Fn::GetAtt': ['PeopleFunction', 'Arn'] },
      }),
  },
  {
    says: 'only the feed and the sender of webhooks read the stream',
    holds: (t) =>
      t
        .all('IAM::Policy')
        .every(
          ([id, one]) =>
            /^(Feed|Deliver)Stream/.test(id) ||
            !JSON.stringify(one).includes('dynamodb:GetRecords'),
        ),
    broken: (t) =>
      statements(t, 'PeopleData').push({
        Action: 'dynamodb:GetRecords',
        Effect: 'Allow',
        Resource: {},
      }),
  },
]
