import { CfnOutput, Duration, type Stack, Validations } from 'aws-cdk-lib'
import {
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HttpVersion,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import type { Storage } from './storage.ts'

/** The address is /pictures/<key>, the object's name the key alone; nothing else is served. */
const strip = `function handler(event) {
  var request = event.request
  if (!/^\\/pictures\\/./.test(request.uri)) return { statusCode: 404, statusDescription: 'Not Found' }
  request.uri = request.uri.slice('/pictures'.length)
  return request
}`

/** Pictures for everybody who knows their unguessable address. Gives the base of these addresses. */
export function pictures(stack: Stack, { bucket, logs }: Storage): string {
  const distribution = new Distribution(stack, 'Distribution', {
    defaultBehavior: {
      origin: S3BucketOrigin.withOriginAccessControl(bucket),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      cachePolicy: caching(stack),
      responseHeadersPolicy: headers(stack),
      functionAssociations: [
        {
          eventType: FunctionEventType.VIEWER_REQUEST,
          function: new EdgeFunction(stack, 'PicturePath', {
            code: FunctionCode.fromInline(strip),
            runtime: FunctionRuntime.JS_2_0,
          }),
        },
      ],
    },
    httpVersion: HttpVersion.HTTP2_AND_3,
    enableLogging: true,
    logBucket: logs,
    logFilePrefix: 'cdn/',
  })
  Validations.of(distribution).acknowledge(
    { id: 'AwsSolutions-CFR1', reason: 'Attendees come from everywhere.' },
    {
      id: 'AwsSolutions-CFR2',
      reason: 'It serves static files only; a WAF is the operator’s choice.',
    },
    {
      id: 'AwsSolutions-CFR4',
      reason:
        'A minimum TLS version needs an own domain and certificate, which the operator may add.',
    },
  )
  const url = `https://${distribution.distributionDomainName}`
  new CfnOutput(stack, 'PicturesUrl', { value: `${url}/pictures/` })
  return url
}

/**
 * Objects say themselves how long they keep: a year, asking each time whether they changed, so that the address
 * of a replaced picture shows the new one at once.
 */
const caching = (stack: Stack): CachePolicy =>
  new CachePolicy(stack, 'PictureCaching', {
    minTtl: Duration.seconds(0),
    defaultTtl: Duration.seconds(0),
    maxTtl: Duration.days(365),
    enableAcceptEncodingGzip: false,
    enableAcceptEncodingBrotli: false,
  })

function headers(stack: Stack): ResponseHeadersPolicy {
  return new ResponseHeadersPolicy(stack, 'PictureHeaders', {
    customHeadersBehavior: {
      customHeaders: [{ header: 'content-disposition', value: 'inline', override: true }],
    },
    securityHeadersBehavior: {
      contentTypeOptions: { override: true },
      contentSecurityPolicy: { contentSecurityPolicy: "default-src 'none'", override: true },
      frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
      strictTransportSecurity: {
        accessControlMaxAge: Duration.days(365),
        includeSubdomains: true,
        override: true,
      },
    },
  })
}
