import { groups, templatesOf } from '#infra/groups.ts'
import type { Json, Rule, View } from './template.ts'

const stage = (t: View): Json => t.properties('ApiGatewayV2::Stage')
const config = (t: View): Json => t.properties('CloudFront::Distribution').DistributionConfig
const headers = (t: View): Json =>
  t.properties('CloudFront::ResponseHeadersPolicy').ResponseHeadersPolicyConfig
const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)

/** Route key → the function behind it. */
function targets(t: View): Map<string, string> {
  const integrations = new Map(
    t
      .all('ApiGatewayV2::Integration')
      .map(([id, one]) => [id, one.Properties.IntegrationUri['Fn::GetAtt'][0] as string]),
  )
  return new Map(
    t.all('ApiGatewayV2::Route').map(
      ([
        ,
        {
          Properties: { RouteKey, Target },
        },
      ]) => [RouteKey, integrations.get(Target['Fn::Join'][1][1].Ref) ?? ''],
    ),
  )
}
const route = (t: View, key: string): Json =>
  t.all('ApiGatewayV2::Route').find(([, one]) => one.Properties.RouteKey === key)?.[1].Properties

const pathOf = (t: View) => {
  const code = t.properties('CloudFront::Function').FunctionCode
  const handle = new Function(`${code}; return handler`)()
  return (uri: string) => handle({ request: { uri } })
}

export const apiRules: Rule[] = [
  {
    says: 'every template of every group leads to its function',
    holds: (t) => {
      const found = targets(t)
      return groups.every((group) =>
        templatesOf(group).every((path) =>
          found.get(`ANY ${path}`)?.startsWith(`${capital(group.name)}Function`),
        ),
      )
    },
    broken: (t) => {
      const { Target } = route(t, 'ANY /api/v2/me')
      route(t, 'ANY /api/v2/events/{event}/people').Target = Target
    },
  },
  {
    says: 'all else leads to the reference, which answers 404',
    holds: (t) => targets(t).get('$default')?.startsWith('ReferenceFunction') === true,
    broken: (t) => {
      route(t, '$default').Target = route(t, 'ANY /api/v2/me').Target
    },
  },
  {
    says: 'there is no other route',
    holds: (t) => targets(t).size === groups.flatMap(templatesOf).length + 1,
    broken: (t) => {
      const stranger = structuredClone(t.one('ApiGatewayV2::Route'))
      stranger.Properties.RouteKey = 'ANY /admin'
      t.template.Resources.Stranger = stranger
    },
  },
  {
    says: 'events come in payload format 2.0, which the functions read',
    holds: (t) =>
      t
        .all('ApiGatewayV2::Integration')
        .every(([, one]) => one.Properties.PayloadFormatVersion === '2.0'),
    broken: (t) =>
      Object.assign(t.properties('ApiGatewayV2::Integration'), { PayloadFormatVersion: '1.0' }),
  },
  {
    says: 'the API answers without a stage in its path',
    holds: (t) => stage(t).StageName === '$default',
    broken: (t) => Object.assign(stage(t), { StageName: 'v2' }),
  },
  {
    says: 'a change of routes is deployed with them',
    holds: (t) => stage(t).AutoDeploy === true,
    broken: (t) => Object.assign(stage(t), { AutoDeploy: false }),
  },
  {
    says: 'requests per second are bounded',
    holds: (t) => stage(t).DefaultRouteSettings.ThrottlingRateLimit === 500,
    broken: (t) => delete stage(t).DefaultRouteSettings.ThrottlingRateLimit,
  },
  {
    says: 'requests at once are bounded',
    holds: (t) => stage(t).DefaultRouteSettings.ThrottlingBurstLimit === 1000,
    broken: (t) => delete stage(t).DefaultRouteSettings.ThrottlingBurstLimit,
  },
  {
    says: 'exactly the routes of pictures have a brake of their own',
    holds: (t) => {
      const pictures = groups.filter(({ name }) => name === 'pictures').flatMap(templatesOf)
      return (
        Object.keys(stage(t).RouteSettings).join() === pictures.map((path) => `ANY ${path}`).join()
      )
    },
    broken: (t) =>
      Object.assign(stage(t).RouteSettings, {
        'ANY /api/v2/me': Object.values(stage(t).RouteSettings)[0],
      }),
  },
  {
    says: 'the brake of pictures is the one of the settings',
    holds: (t) =>
      Object.values<Json>(stage(t).RouteSettings).every(
        (one) => one.ThrottlingRateLimit === 20 && one.ThrottlingBurstLimit === 40,
      ),
    broken: (t) =>
      Object.assign(Object.values<Json>(stage(t).RouteSettings)[1], { ThrottlingBurstLimit: 4000 }),
  },
  {
    says: 'the access log names routes',
    holds: (t) => stage(t).AccessLogSettings.Format.includes('$context.routeKey'),
    broken: (t) => {
      const settings = stage(t).AccessLogSettings
      settings.Format = settings.Format.replace('$context.routeKey', '')
    },
  },
  {
    says: 'the access log holds no path, query or credential, which can hold keys and names',
    holds: (t) =>
      !/\$context\.path|querystring|authorization|authorizer/i.test(
        stage(t).AccessLogSettings.Format,
      ),
    broken: (t) => {
      const settings = stage(t).AccessLogSettings
      settings.Format = settings.Format.replace('"}', '","path":"$context.path"}')
    },
  },
  {
    says: 'the access log is written into a group of the stack',
    holds: (t) => JSON.stringify(stage(t).AccessLogSettings.DestinationArn).includes('AccessLogs'),
    broken: (t) => Object.assign(stage(t).AccessLogSettings, { DestinationArn: 'arn:x' }),
  },
  {
    says: 'all logs go after 30 days',
    holds: (t) => t.all('Logs::LogGroup').every(([, one]) => one.Properties.RetentionInDays === 30),
    broken: (t) => delete t.properties('Logs::LogGroup', 'People').RetentionInDays,
  },
  {
    says: 'logs of a first deployment that failed go with it',
    holds: (t) =>
      t.all('Logs::LogGroup').every(([, one]) => one.DeletionPolicy === 'RetainExceptOnCreate'),
    broken: (t) => Object.assign(t.one('Logs::LogGroup', 'People'), { DeletionPolicy: 'Retain' }),
  },
  {
    says: 'only our API and our schedule may call functions',
    holds: (t) =>
      t
        .all('Lambda::Permission')
        .every(([, one]) =>
          JSON.stringify(one.Properties.SourceArn ?? '').match(
            /ApiF|EveryMinute|WebhooksDue|ExportsDue/,
          ),
        ),
    broken: (t) => delete t.properties('Lambda::Permission', 'EveryMinute').SourceArn,
  },
]

export const cdnRules: Rule[] = [
  {
    says: 'pictures go out by HTTPS',
    holds: (t) => config(t).DefaultCacheBehavior.ViewerProtocolPolicy === 'redirect-to-https',
    broken: (t) =>
      Object.assign(config(t).DefaultCacheBehavior, { ViewerProtocolPolicy: 'allow-all' }),
  },
  {
    says: 'CloudFront signs what it asks of the bucket',
    holds: (t) => config(t).Origins.every((one: Json) => one.OriginAccessControlId),
    broken: (t) => delete config(t).Origins[0].OriginAccessControlId,
  },
  {
    says: 'its signing is never left out',
    holds: (t) =>
      t.properties('CloudFront::OriginAccessControl').OriginAccessControlConfig.SigningBehavior ===
      'always',
    broken: (t) =>
      Object.assign(t.properties('CloudFront::OriginAccessControl').OriginAccessControlConfig, {
        SigningBehavior: 'never',
      }),
  },
  {
    says: 'who asked for pictures is written down',
    holds: (t) => config(t).Logging?.Prefix === 'cdn/',
    broken: (t) => delete config(t).Logging,
  },
  {
    says: 'a replaced picture shows at once',
    holds: (t) => t.properties('CloudFront::CachePolicy').CachePolicyConfig.DefaultTTL === 0,
    broken: (t) =>
      Object.assign(t.properties('CloudFront::CachePolicy').CachePolicyConfig, { DefaultTTL: 60 }),
  },
  {
    says: 'pictures are not taken for other types',
    holds: (t) => headers(t).SecurityHeadersConfig.ContentTypeOptions?.Override === true,
    broken: (t) => delete headers(t).SecurityHeadersConfig.ContentTypeOptions,
  },
  {
    says: 'a picture runs nothing',
    holds: (t) =>
      headers(t).SecurityHeadersConfig.ContentSecurityPolicy?.ContentSecurityPolicy ===
      "default-src 'none'",
    broken: (t) => delete headers(t).SecurityHeadersConfig.ContentSecurityPolicy,
  },
  {
    says: 'pictures stand under /pictures/, and nothing else is served, exports least of all',
    holds: (t) => {
      const to = pathOf(t)
      const others = [
        ...['/', '/pictures', '/pictures/', '/pictures/a.jpg', '/org/a.jpg', '/x/pictures/a.jpg'],
        ...['/pictures/exports/evt/exp/a', '/pictures/%65xports/evt/exp/a', '/pictures//exports/a'],
      ]
      return (
        to('/pictures/org/a.jpg').uri === '/org/a.jpg' &&
        others.every((uri) => to(uri).statusCode === 404)
      )
    },
    broken: (t) => {
      const one = t.properties('CloudFront::Function')
      one.FunctionCode = one.FunctionCode.replace('(?!exports\\/)', '')
    },
  },
  {
    says: 'names of CloudFront, which are of the account, hold the region',
    holds: (t) =>
      [
        t.properties('CloudFront::CachePolicy').CachePolicyConfig.Name,
        headers(t).Name,
        t.properties('CloudFront::OriginAccessControl').OriginAccessControlConfig.Name,
        t.properties('CloudFront::Function').Name,
      ].every((name) => JSON.stringify(name).includes('{"Ref":"AWS::Region"}')),
    broken: (t) => Object.assign(headers(t), { Name: 'PlenaryHeaders' }),
  },
]
