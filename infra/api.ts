import { CfnOutput, type Stack, Validations } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  ApiMapping,
  CfnStage,
  DomainName,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { LogGroup } from 'aws-cdk-lib/aws-logs'
import { logGroupOf } from './functions.ts'
import { groups, templatesOf } from './groups.ts'
import type { Settings } from './settings.ts'

export type Api = { httpApi: HttpApi; accessLog: LogGroup }

/** One HTTP API: a route per template of `groups.ts`, everything else to the reference, which answers 404. */
export function api(stack: Stack, functions: Map<string, IFunction>, settings: Settings): Api {
  const httpApi = new HttpApi(stack, 'Api', {
    apiName: stack.stackName,
    createDefaultStage: false,
    // Otherwise the address that nobody was told would pass by whatever guards the domain.
    disableExecuteApiEndpoint: settings.domainName !== '',
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
  const accessLog = logGroupOf(stack, 'AccessLogs', settings)
  const stage = new HttpStage(stack, 'Stage', {
    httpApi,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: settings.requestsPerSecond, burstLimit: settings.requestBurst },
    accessLogSettings: accessLogSettings(accessLog),
  })
  stage.node.addDependency(...routes)
  throttlePictures(stage, settings)
  Validations.of(httpApi).acknowledge({
    id: 'AwsSolutions-APIG4',
    reason:
      'Every function checks the token itself, against the table and with its role and events.',
  })
  const host = domain(stack, httpApi, stage, settings) ?? httpApi.apiEndpoint
  new CfnOutput(stack, 'ApiUrl', { value: `${host}/api/v2` })
  return { httpApi, accessLog }
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
function accessLogSettings(logGroup: LogGroup) {
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
  return {
    destination: new LogGroupLogDestination(logGroup),
    format: AccessLogFormat.custom(JSON.stringify(fields)),
  }
}

/** Pictures cost a hundred times a read. People who come with one share routes with those who do not. */
function throttlePictures(stage: HttpStage, settings: Settings): void {
  const child = stage.node.defaultChild
  const pictures = groups.find(({ name }) => name === 'pictures')
  if (!(child instanceof CfnStage) || !pictures) return
  for (const template of templatesOf(pictures)) {
    child.addPropertyOverride(`RouteSettings.ANY ${template}`, {
      ThrottlingRateLimit: settings.picturesPerSecond,
      ThrottlingBurstLimit: settings.pictureBurst,
    })
  }
}

/** The address of an own domain; its name service points at the output DomainTarget. */
function domain(
  stack: Stack,
  httpApi: HttpApi,
  stage: HttpStage,
  { domainName, certificateArn }: Settings,
): string | undefined {
  if (!domainName) return undefined
  const certificate = Certificate.fromCertificateArn(stack, 'Certificate', certificateArn)
  const made = new DomainName(stack, 'Domain', { domainName, certificate })
  new ApiMapping(stack, 'DomainMapping', { api: httpApi, domainName: made, stage })
  new CfnOutput(stack, 'DomainTarget', { value: made.regionalDomainName })
  return `https://${domainName}`
}
