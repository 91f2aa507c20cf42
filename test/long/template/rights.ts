import { functionNames } from '#infra/bundle.ts'
import { groups } from '#infra/groups.ts'
import type { Json, Rule, View } from './template.ts'

const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)
const listed = (value: Json): string[] => [value].flat()
const dataOf = (t: View, name: string): Json[] =>
  t.properties('IAM::Policy', `${capital(name)}Data`).PolicyDocument.Statement
const statements = (t: View): Json[] =>
  t.all('IAM::Policy').flatMap(([, one]) => one.Properties.PolicyDocument.Statement)
const isWrite = (action: string) => /^dynamodb:(Put|Update|Delete)Item$/.test(action)
const writes = (one: Json) => listed(one.Action).some(isWrite)
const leading = (one: Json, how: string): string[] | undefined =>
  one.Condition?.[`ForAllValues:${how}`]?.['dynamodb:LeadingKeys']
const makers = (t: View, prefix: string): string[] =>
  [...groups.filter(({ table }) => table !== 'none').map(({ name }) => name), 'sweeper'].filter(
    (name) =>
      dataOf(t, name).some(
        (one) =>
          listed(one.Action).includes('dynamodb:PutItem') &&
          leading(one, 'StringLike')?.includes(prefix),
      ),
  )

export const rightRules: Rule[] = [
  {
    says: 'every function has a role of its own',
    holds: (t) => t.all('IAM::Role').length === functionNames.length,
    broken: (t) => {
      t.template.Resources.Stranger = structuredClone(t.one('IAM::Role', 'Events'))
    },
  },
  {
    says: 'roles are for Lambda only',
    holds: (t) =>
      t.all('IAM::Role').every(([, one]) => {
        const [statement] = one.Properties.AssumeRolePolicyDocument.Statement
        return statement.Principal.Service === 'lambda.amazonaws.com'
      }),
    broken: (t) =>
      Object.assign(t.properties('IAM::Role', 'People').AssumeRolePolicyDocument.Statement[0], {
        Principal: { AWS: '*' },
      }),
  },
  {
    says: 'roles carry no managed policy',
    holds: (t) => t.all('IAM::Role').every(([, one]) => !one.Properties.ManagedPolicyArns),
    broken: (t) => Object.assign(t.properties('IAM::Role', 'People'), { ManagedPolicyArns: ['x'] }),
  },
  {
    says: 'no action stands with a wildcard',
    holds: (t) => statements(t).every((one) => !JSON.stringify(one.Action).includes('*')),
    broken: (t) =>
      dataOf(t, 'people').push({ Effect: 'Allow', Action: 'dynamodb:*', Resource: 'x' }),
  },
  {
    says: 'no resource stands with a wildcard but the objects of the picture bucket and the streams of the table',
    holds: (t) =>
      statements(t).every((one) => {
        const text = JSON.stringify(one.Resource)
        const known =
          /^\{"Fn::Join":\["",\[\{"Fn::GetAtt":\["(Pictures\w+","Arn"\]\},"\/(exports\/)?\*|Table\w+","Arn"\]\},"\/stream\/\*)"/
        return !text.includes('*') || known.test(text)
      }),
    broken: (t) =>
      dataOf(t, 'people').push({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' }),
  },
  {
    says: 'nobody scans the table or writes batches, which no code does',
    holds: (t) => !/dynamodb:(Scan|BatchWriteItem)/.test(JSON.stringify(statements(t))),
    broken: (t) =>
      listed(dataOf(t, 'people')[0].Action) && dataOf(t, 'people')[0].Action.push('dynamodb:Scan'),
  },
  {
    says: 'nobody may change the table itself',
    holds: (t) =>
      !/dynamodb:(Create|Delete|Update|Describe)(Table|Backup|TimeToLive)/.test(
        JSON.stringify(statements(t)),
      ),
    broken: (t) => dataOf(t, 'people')[0].Action.push('dynamodb:UpdateTable'),
  },
  {
    says: 'every write names the rows that it may touch',
    holds: (t) =>
      statements(t).every(
        (one) => !writes(one) || leading(one, 'StringLike') || leading(one, 'StringNotLike'),
      ),
    broken: (t) =>
      dataOf(t, 'people').push({ Action: 'dynamodb:PutItem', Effect: 'Allow', Resource: {} }),
  },
  {
    says: 'the writes of everybody leave out tokens and feeds',
    holds: (t) =>
      statements(t).every(
        (one) =>
          !leading(one, 'StringNotLike') || leading(one, 'StringNotLike')?.join() === 'K#*,KF#*',
      ),
    broken: (t) =>
      dataOf(t, 'networking')[1].Condition['ForAllValues:StringNotLike'][
        'dynamodb:LeadingKeys'
      ].pop(),
  },
  {
    says: 'only events makes tokens',
    holds: (t) => makers(t, 'K#*').join() === 'events',
    broken: (t) =>
      dataOf(t, 'profiles').push({
        Action: ['dynamodb:PutItem'],
        Effect: 'Allow',
        Resource: {},
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['K#*'] } },
      }),
  },
  {
    says: 'only sessions makes feeds',
    holds: (t) => makers(t, 'KF#*').join() === 'sessions',
    broken: (t) =>
      dataOf(t, 'profiles').push({
        Action: ['dynamodb:PutItem'],
        Effect: 'Allow',
        Resource: {},
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['KF#*'] } },
      }),
  },
  {
    says: 'whoever notes the use of a token changes nothing else of it',
    holds: (t) =>
      statements(t).every((one) => {
        const attributes = one.Condition?.['ForAllValues:StringEquals']?.['dynamodb:Attributes']
        return !attributes || attributes.join() === 'pk,sk,lastUsedAt'
      }),
    broken: (t) =>
      dataOf(t, 'people')[2].Condition['ForAllValues:StringEquals']['dynamodb:Attributes'].push(
        'role',
      ),
  },
  {
    says: 'the reference has no data',
    holds: (t) => !t.all('IAM::Policy').some(([id]) => id.startsWith('ReferenceData')),
    broken: (t) => {
      t.template.Resources.ReferenceData = {
        Type: 'AWS::IAM::Policy',
        Properties: { PolicyDocument: { Statement: [] } },
      }
    },
  },
  {
    says: 'exports are written by the exporter, and read by who signs their addresses',
    holds: (t) =>
      JSON.stringify(dataOf(t, 'exports')).includes('/exports/*') &&
      !JSON.stringify(dataOf(t, 'exports')).includes('s3:PutObject') &&
      dataOf(t, 'exporter').every(
        (one) =>
          !listed(one.Action).includes('s3:PutObject') ||
          JSON.stringify(one.Resource).includes('/exports/*'),
      ),
    broken: (t) =>
      Object.assign(
        dataOf(t, 'exporter').find((one) => listed(one.Action).includes('s3:PutObject')),
        { Resource: { 'Fn::GetAtt': ['PicturesF00', 'Arn'] } },
      ),
  },
  {
    says: 'who wants an export calls the exporter and nothing else',
    holds: (t) =>
      ['ExportsCalls', 'ExporterCalls'].every((id) =>
        t
          .properties('IAM::Policy', id)
          .PolicyDocument.Statement.every((one: Json) =>
            JSON.stringify(one.Resource).includes('ExporterFunction'),
          ),
      ),
    broken: (t) =>
      Object.assign(t.properties('IAM::Policy', 'ExportsCalls').PolicyDocument.Statement[0], {
        Resource: { 'Fn::GetAtt': ['PeopleFunction', 'Arn'] },
      }),
  },
  {
    says: 'only functions with pictures reach the bucket',
    holds: (t) =>
      groups.every(
        ({ name, bucket, table }) =>
          table === 'none' ||
          JSON.stringify(dataOf(t, name)).includes('s3:PutObject') === (bucket === 'write'),
      ),
    broken: (t) =>
      dataOf(t, 'events').push({ Action: 's3:PutObject', Effect: 'Allow', Resource: {} }),
  },
  {
    says: 'a missing picture is a 404 for functions',
    holds: (t) => dataOf(t, 'pictures').some((one) => one.Action === 's3:ListBucket'),
    broken: (t) => dataOf(t, 'pictures').pop(),
  },
]
