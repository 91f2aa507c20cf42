import { CfnOutput, type Stack, Validations } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  CfnStage,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { groups, templatesOf } from './groups.ts'

/** Requests per second, and how many may come at once. Pictures cost a hundred times a read. */
const stageLimit = { rateLimit: 500, burstLimit: 1000 }
const pictureLimit = { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 }

/** One HTTP API: a route per template of `groups.ts`, everything else to the reference, which answers 404. */
export function api(stack: Stack, functions: Map<string, IFunction>): HttpApi {
  const httpApi = new HttpApi(stack, 'Api', {
    createDefaultStage: false,
    // Scoped to its route, because the ARN of $default has one part less than those of the others.
    defaultIntegration: new HttpLambdaIntegration(
      'anythingElse',
      functionOf('reference', functions),
    ),
  })
  const routes = groups.flatMap((group) => {
    const integration = integrationOf(group.name, functions)
    return templatesOf(group).flatMap((path) =>
      httpApi.addRoutes({ path, methods: [HttpMethod.ANY], integration }),
    )
  })
  const stage = new HttpStage(stack, 'Stage', {
    httpApi,
    stageName: '$default',
    autoDeploy: true,
    throttle: stageLimit,
    accessLogSettings: accessLog(stack),
  })
  stage.node.addDependency(...routes)
  throttlePictures(stage)
  Validations.of(httpApi).acknowledge({
    id: 'AwsSolutions-APIG4',
    reason:
      'Every function checks the token itself, against the table and with its role and events.',
  })
  new CfnOutput(stack, 'ApiUrl', { value: `${httpApi.apiEndpoint}/api/v2` })
  return httpApi
}

function functionOf(name: string, functions: Map<string, IFunction>): IFunction {
  const found = functions.get(name)
  if (!found) throw new Error(`there is no function for the group ${name}`)
  return found
}

/** One permission per function; one per route would outgrow the function's policy. */
const integrationOf = (name: string, functions: Map<string, IFunction>) =>
  new HttpLambdaIntegration(`${name}Integration`, functionOf(name, functions), {
    scopePermissionToRoute: false,
  })

/** Route keys and not paths: a path can hold an access key, and a query a token. */
function accessLog(stack: Stack) {
  const fields = {
    time: '$context.requestTime',
    request: '$context.requestId',
    source: '$context.identity.sourceIp',
    route: '$context.routeKey',
    method: '$context.httpMethod',
    status: '$context.status',
    bytes: '$context.responseLength',
    ms: '$context.responseLatency',
    error: '$context.error.message',
    integration: '$context.integrationErrorMessage',
  }
  const logGroup = new LogGroup(stack, 'AccessLogs', { retention: RetentionDays.ONE_MONTH })
  return {
    destination: new LogGroupLogDestination(logGroup),
    format: AccessLogFormat.custom(JSON.stringify(fields)),
  }
}

function throttlePictures(stage: HttpStage): void {
  const child = stage.node.defaultChild
  const pictures = groups.find(({ name }) => name === 'pictures')
  if (!(child instanceof CfnStage) || !pictures) return
  for (const template of templatesOf(pictures)) {
    child.addPropertyOverride(`RouteSettings.ANY ${template}`, pictureLimit)
  }
}
