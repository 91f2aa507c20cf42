import { expect, test } from 'vitest'
import { type Made, make, view } from './template/template.ts'

// The first template of a process takes seconds more than the others.
make()

const of = (context: Record<string, unknown>) => view(make(context))
const text = ({ template }: { template: Made }) => JSON.stringify(template)

/** The names in a template that are not CloudFormation's to make up, as they would be in a region. */
function names(context: Record<string, unknown>, region: string): string[] {
  const given = new Set<string>()
  const look = (value: unknown, key = ''): void => {
    if (typeof value !== 'object' || value === null) return
    const text = JSON.stringify(value).replaceAll('{"Ref":"AWS::Region"}', `"${region}"`)
    if (
      /^(Budget|Function|Table|Bucket|Role|Queue|Topic)?Name$/.test(key) &&
      !/"(Ref|Fn::GetAtt)"/.test(text)
    ) {
      given.add(text)
    }
    for (const [name, inner] of Object.entries(value)) look(inner, name)
  }
  for (const one of Object.values(of(context).template.Resources)) look(one.Properties)
  return [...given]
}

const streamArn =
  'arn:aws:dynamodb:eu-central-1:111111111111:table/old-table/stream/2027-05-04T08:00:00.000'

test('lets two stages stand side by side in two regions without a name in common', () => {
  const budget = { budget: 10, alarmEmail: 'ops@example.org' }
  const all = ['', 'test'].flatMap((stage) =>
    ['eu-central-1', 'us-east-1'].map((region) => names({ stage, ...budget }, region)),
  )
  for (const some of all) expect(some).toHaveLength(5)
  const flat = all.flat()
  expect(flat.filter((name, at) => flat.indexOf(name) !== at)).toEqual([])
})

test('takes what is set for one stage before what is set for all', () => {
  const stages = { test: { requestsPerSecond: 7 }, default: { requestBurst: 9 } }
  const limits = (context: Record<string, unknown>) =>
    of({ ...context, requestsPerSecond: 50, stages }).properties('ApiGatewayV2::Stage')
      .DefaultRouteSettings
  expect(limits({ stage: 'test' })).toEqual({ ThrottlingRateLimit: 7, ThrottlingBurstLimit: 1000 })
  expect(limits({})).toEqual({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 9 })
})

test('takes over a table and a bucket that are there, and makes none', () => {
  const taken = of({ tableName: 'old-table', tableStreamArn: streamArn, bucketName: 'old-bucket' })
  expect(taken.all('DynamoDB::Table')).toEqual([])
  expect(taken.all('S3::Bucket').map(([id]) => id.slice(0, 4))).toEqual(['Logs'])
  const { TABLE_NAME, BUCKET_NAME } = taken.properties('Lambda::Function', 'People').Environment
    .Variables
  expect([TABLE_NAME, BUCKET_NAME]).toEqual(['old-table', 'old-bucket'])
  expect(text(taken)).toContain(':table/old-table')
  const policy = taken.properties('S3::BucketPolicy', 'PicturesPolicy')
  expect(policy.Bucket).toBe('old-bucket')
  expect(JSON.stringify(policy)).toContain('cloudfront.amazonaws.com')
})

test('has no finding of cdk-nag with a table and a bucket that were taken over', () => {
  expect(() =>
    make(
      { tableName: 'a-table', tableStreamArn: streamArn, bucketName: 'a-bucket' },
      { nag: true },
    ),
  ).not.toThrow()
})

test('writes alarms to the address that it is given', () => {
  const { Endpoint, Protocol } = of({ alarmEmail: 'ops@example.org' }).properties(
    'SNS::Subscription',
  )
  expect([Protocol, Endpoint]).toEqual(['email', 'ops@example.org'])
})

test('makes a budget when it is given dollars and an address', () => {
  const { Budget, NotificationsWithSubscribers } = of({
    budget: '50',
    alarmEmail: 'ops@example.org',
  }).properties('Budgets::Budget')
  expect(Budget.BudgetLimit).toEqual({ Amount: 50, Unit: 'USD' })
  expect(NotificationsWithSubscribers).toHaveLength(2)
  expect(of({}).all('Budgets::Budget')).toEqual([])
})

test('keeps Lambdas for pictures when it is told how many', () => {
  const { ReservedConcurrentExecutions } = of({ picturesConcurrency: 10 }).properties(
    'Lambda::Function',
    'Pictures',
  )
  expect(ReservedConcurrentExecutions).toBe(10)
})

test('brakes pictures as it is told', () => {
  const routes = of({ picturesPerSecond: 5, pictureBurst: 8 }).properties(
    'ApiGatewayV2::Stage',
  ).RouteSettings
  for (const one of Object.values(routes)) {
    expect(one).toEqual({ ThrottlingRateLimit: 5, ThrottlingBurstLimit: 8 })
  }
})

test('gives every function the memory that it is told', () => {
  for (const [, { Properties }] of of({ memoryMb: 1769 }).all('Lambda::Function')) {
    expect(Properties.MemorySize).toBe(1769)
  }
})

test('raises the alarm of concurrency at four fifths of the quota that it is told', () => {
  expect(of({ lambdaQuota: 10 }).properties('CloudWatch::Alarm', 'Concurrency').Threshold).toBe(8)
})

test('counts by route only when it is told, since that costs by the figure', () => {
  const variables = (context: Record<string, unknown>) =>
    of(context).properties('Lambda::Function', 'People').Environment.Variables
  expect(variables({ routeMetrics: true }).ROUTE_METRICS).toBe('1')
  expect(variables({})).not.toHaveProperty('ROUTE_METRICS')
})

test('keeps logs and personal values as many days as it is told', () => {
  const told = of({ logDays: 14, logPersonalDays: 30 })
  for (const [, { Properties }] of told.all('Logs::LogGroup')) {
    expect(Properties.RetentionInDays).toBe(14)
  }
  const { Variables } = told.properties('Lambda::Function', 'Schedules').Environment
  expect(Variables.LOG_PERSONAL_DAYS).toBe('30')
})

test('answers under an own domain only, once there is one', () => {
  const own = of({
    domainName: 'api.example.org',
    certificateArn: 'arn:aws:acm:eu-central-1:111111111111:certificate/one',
  })
  expect(own.properties('ApiGatewayV2::Api').DisableExecuteApiEndpoint).toBe(true)
  expect(own.properties('ApiGatewayV2::DomainName').DomainName).toBe('api.example.org')
  expect(own.all('ApiGatewayV2::ApiMapping')).toHaveLength(1)
  expect(own.template.Outputs.ApiUrl.Value).toBe('https://api.example.org/api/v2')
})

test('serves pictures under an own domain, with a web ACL', () => {
  const webAclArn = 'arn:aws:wafv2:us-east-1:111111111111:global/webacl/one/two'
  const config = of({
    picturesDomainName: 'pictures.example.org',
    picturesCertificateArn: 'arn:aws:acm:us-east-1:111111111111:certificate/one',
    webAclArn,
  }).properties('CloudFront::Distribution').DistributionConfig
  expect(config.Aliases).toEqual(['pictures.example.org'])
  expect(config.WebACLId).toBe(webAclArn)
  expect(config.ViewerCertificate.MinimumProtocolVersion).toBe('TLSv1.2_2021')
})

test('leaves the log of pictures out where CloudFront can write none, without a finding', () => {
  const { template } = view(make({ cdnLogs: false }, { nag: true }))
  expect(view(template).properties('CloudFront::Distribution').DistributionConfig.Logging).toBe(
    undefined,
  )
})

test('tags what can be tagged', () => {
  const tagged = of({ tags: 'cost-centre = 4711, event=rhine' })
  expect(tagged.properties('DynamoDB::Table').Tags).toEqual([
    { Key: 'cost-centre', Value: '4711' },
    { Key: 'event', Value: 'rhine' },
  ])
})

test('warms the table as it is told', () => {
  expect(
    of({ warmReads: 12000, warmWrites: 4000 }).properties('DynamoDB::Table').WarmThroughput,
  ).toEqual({ ReadUnitsPerSecond: 12000, WriteUnitsPerSecond: 4000 })
})

test('lets CloudFormation refuse bundles without sharp', () => {
  const { Rules } = make({}, { incomplete: true })
  const [assertion] = Rules.BundlesAreComplete.Assertions
  expect(assertion.Assert['Fn::Equals']).toEqual(['sharp for linux-arm64', 'missing'])
  expect(JSON.stringify(of({}).template.Rules ?? {})).not.toContain('BundlesAreComplete')
})

test.each([
  [{ stage: 'Test!' }, 'stage takes up to 21 lower-case letters, digits and hyphens.'],
  [{ tabelName: 'x' }, 'There is no setting "tabelName": see docs/deploy.md.'],
  [{ stages: { default: { tabelName: 'x' } } }, 'stages.default knows no "tabelName".'],
  [{ stages: 'x' }, 'stages is an object of stages, each with its settings.'],
  [{ requestsPerSecond: 'many' }, 'requestsPerSecond is a number from 0, not "many".'],
  [{ terminationProtection: 'no' }, 'terminationProtection is true or false, not "no".'],
  [{ alarmEmail: 'me' }, 'alarmEmail is an e-mail address.'],
  [{ budget: 10 }, 'A budget needs alarmEmail, to which it writes.'],
  [{ domainName: 'api.example.org' }, 'domainName needs certificateArn.'],
  [
    { picturesDomainName: 'p.example.org' },
    'picturesDomainName needs picturesCertificateArn, a certificate in us-east-1.',
  ],
  [
    { webAclArn: 'arn:aws:wafv2:eu-central-1:1:regional/webacl/one/two' },
    'webAclArn is a web ACL of scope CLOUDFRONT, in us-east-1; HTTP APIs take none.',
  ],
  [{ memoryMb: 64 }, 'memoryMb is 128 to 10240.'],
  [{ tags: 'red' }, 'tags are name=value,name=value.'],
])('refuses %j in one sentence', (context, sentence) => {
  expect(() => make(context)).toThrow(sentence)
})
