import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, Validations } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { AwsSolutionsChecks } from 'cdk-nag'
import { afterAll, expect, test } from 'vitest'
import { groups, templatesOf } from '#infra/groups.ts'
import { plenaryStack } from '#infra/stack.ts'
import cdk from '../../cdk.json' with { type: 'json' }

// Stand-ins for the bundles: what matters here is the template.
const assets = mkdtempSync(join(tmpdir(), 'plenary-assets-'))
const outdir = mkdtempSync(join(tmpdir(), 'plenary-cdk-'))
for (const name of [...groups.map((group) => group.name), 'sweeper']) {
  mkdirSync(join(assets, name))
  writeFileSync(join(assets, name, 'index.js'), `exports.handler = async () => '${name}'`)
}
afterAll(() => {
  for (const folder of [assets, outdir]) rmSync(folder, { recursive: true, force: true })
})

const app = new App({ outdir, context: cdk.context })
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
// Making the template runs cdk-nag and CDK's own rules; a finding of either fails the whole file.
const template = Template.fromStack(plenaryStack(app, assets))

// biome-ignore lint/suspicious/noExplicitAny: a template is free-form JSON
type Resource = { Properties: any; DeletionPolicy?: string; UpdateReplacePolicy?: string }
const all = (type: string) =>
  Object.entries(template.findResources(type) as Record<string, Resource>)
const named = (type: string, start: string): Resource => {
  const found = all(type).find(([id]) => id.startsWith(start))
  if (!found) throw new Error(`no ${type} ${start}`)
  return found[1]
}
const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)

test('gives every group a function of the runtime, processor, memory that its line says', () => {
  for (const { name, memoryMb } of groups) {
    expect(named('AWS::Lambda::Function', `${capital(name)}Function`).Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: memoryMb,
      Timeout: 29,
    })
  }
  expect(all('AWS::Lambda::Function')).toHaveLength(groups.length + 1)
})

test('routes every path to the function of its group, unknown ones to the reference', () => {
  const integrations = new Map(
    all('AWS::ApiGatewayV2::Integration').map(([id, { Properties }]) => [
      id,
      Properties.IntegrationUri['Fn::GetAtt'][0],
    ]),
  )
  const routes = new Map(
    all('AWS::ApiGatewayV2::Route').map(([, { Properties }]) => [
      Properties.RouteKey,
      integrations.get(Properties.Target['Fn::Join'][1][1].Ref),
    ]),
  )
  for (const group of groups) {
    for (const path of templatesOf(group)) {
      expect(routes.get(`ANY ${path}`), path).toMatch(new RegExp(`^${capital(group.name)}Function`))
    }
  }
  expect(routes.get('$default')).toMatch(/^ReferenceFunction/)
  expect(routes.size).toBe(groups.flatMap(templatesOf).length + 1)
})

test('allows nothing by wildcard but the objects of the picture bucket', () => {
  for (const [id, { Properties }] of all('AWS::IAM::Policy')) {
    for (const { Action, Resource, Effect } of Properties.PolicyDocument.Statement) {
      expect(Effect).toBe('Allow')
      expect(JSON.stringify(Action), id).not.toContain('*')
      const wide = JSON.stringify(Resource).includes('*')
      if (wide) expect(Action, id).toEqual(['s3:DeleteObject', 's3:GetObject', 's3:PutObject'])
      if (wide)
        expect(JSON.stringify(Resource)).toMatch(/^\{"Fn::Join":\["",\[\{"Fn::GetAtt":\["Pictures/)
    }
  }
  for (const [, { Properties }] of all('AWS::IAM::Role')) {
    expect(Properties.ManagedPolicyArns).toBeUndefined()
    expect(Properties.AssumeRolePolicyDocument.Statement[0].Principal).toEqual({
      Service: 'lambda.amazonaws.com',
    })
  }
  expect(all('AWS::IAM::Role')).toHaveLength(groups.length + 1)
})

test('gives each function access only as far as its line says', () => {
  for (const { name, table, bucket } of groups) {
    const data = all('AWS::IAM::Policy').find(([id]) => id.startsWith(`${capital(name)}Data`))
    const text = JSON.stringify(data?.[1].Properties.PolicyDocument ?? [])
    expect(text.includes('dynamodb:GetItem'), name).toBe(table !== 'none')
    expect(text.includes('dynamodb:PutItem'), name).toBe(table === 'write')
    expect(text.includes('s3:PutObject'), name).toBe(bucket === 'write')
    expect(text, name).not.toContain('dynamodb:Scan')
  }
})

test('keeps data safe beyond the life of the stack: encrypted, recoverable, retained', () => {
  template.hasResource('AWS::DynamoDB::Table', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: Match.absent(),
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    },
  })
  for (const [, { DeletionPolicy }] of all('AWS::S3::Bucket')) expect(DeletionPolicy).toBe('Retain')
})

test('closes every bucket to the public and to plain HTTP', () => {
  for (const [id, { Properties }] of all('AWS::S3::Bucket')) {
    expect(Properties.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    })
    expect(Properties.BucketEncryption).toBeDefined()
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: { Ref: id },
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    })
  }
})

test('lets an erased picture go for good after a day', () => {
  template.hasResourceProperties('AWS::S3::Bucket', {
    VersioningConfiguration: { Status: 'Enabled' },
    LifecycleConfiguration: {
      Rules: Match.arrayWith([
        Match.objectLike({ NoncurrentVersionExpiration: { NoncurrentDays: 1 } }),
      ]),
    },
  })
})

test('serves pictures by CloudFront alone, over HTTPS', () => {
  template.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: {
      DefaultCacheBehavior: { ViewerProtocolPolicy: 'redirect-to-https' },
      Origins: [Match.objectLike({ OriginAccessControlId: Match.anyValue() })],
    },
  })
  const policies = JSON.stringify(template.findResources('AWS::S3::BucketPolicy'))
  expect(policies).toContain('AWS:SourceArn')
})

test('serves nothing but pictures below /pictures', () => {
  const [, edge] = all('AWS::CloudFront::Function')[0] ?? []
  const handle = new Function(`${edge?.Properties.FunctionCode}; return handler`)()
  const to = (uri: string) => handle({ request: { uri } })
  expect(to('/pictures/org/a.jpg')).toEqual({ uri: '/org/a.jpg' })
  for (const uri of ['/', '/pictures', '/pictures/', '/org/a.jpg', '/x/pictures/a.jpg']) {
    expect(to(uri)).toMatchObject({ statusCode: 404 })
  }
})

test('throttles the stage, pictures more than the rest', () => {
  const { Properties } = named('AWS::ApiGatewayV2::Stage', 'Stage')
  const stage = Properties.DefaultRouteSettings
  expect(stage.ThrottlingRateLimit).toBeGreaterThan(0)
  const pictures = groups.filter(({ name }) => name === 'pictures').flatMap(templatesOf)
  expect(Object.keys(Properties.RouteSettings)).toEqual(pictures.map((path) => `ANY ${path}`))
  for (const limit of Object.values<{ ThrottlingRateLimit: number }>(Properties.RouteSettings)) {
    expect(limit.ThrottlingRateLimit).toBeLessThan(stage.ThrottlingRateLimit)
  }
  expect(
    named('AWS::Lambda::Function', 'PicturesFunction').Properties.ReservedConcurrentExecutions,
  ).toBe(10)
})

test('keeps neither paths nor queries in logs, which can hold keys', () => {
  const { Format } = named('AWS::ApiGatewayV2::Stage', 'Stage').Properties.AccessLogSettings
  expect(Format).toContain('$context.routeKey')
  expect(Format).not.toMatch(/\$context\.path|queryString|authorization/i)
  for (const [id, { Properties }] of all('AWS::Logs::LogGroup')) {
    expect(Properties.RetentionInDays, id).toBe(30)
  }
})

test('sets no variable but those that it needs', () => {
  const allowed = ['TABLE_NAME', 'BUCKET_NAME', 'PICTURES_URL']
  for (const [, { Properties }] of all('AWS::Lambda::Function')) {
    const names = Object.keys(Properties.Environment?.Variables ?? {})
    expect(names.filter((name) => !allowed.includes(name))).toEqual([])
  }
})

test('sweeps every minute, with an alarm for what failed', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: 'rate(1 minute)',
    Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })],
  })
  expect(
    named('AWS::Lambda::Function', 'SweeperFunction').Properties.DeadLetterConfig,
  ).toBeDefined()
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'ApproximateNumberOfMessagesVisible',
    AlarmActions: [Match.anyValue()],
  })
})

test('lets accounts with a small quota leave the reservation for pictures out', () => {
  const small = new App({ outdir, context: { ...cdk.context, picturesConcurrency: 0 } })
  const other = Template.fromStack(plenaryStack(small, assets))
  expect(JSON.stringify(other)).not.toContain('ReservedConcurrentExecutions')
})
