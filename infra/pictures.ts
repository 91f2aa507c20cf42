import { CfnOutput, Duration, Fn, type Stack, Validations } from 'aws-cdk-lib'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
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
  S3OriginAccessControl,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { BucketPolicy, type IBucket } from 'aws-cdk-lib/aws-s3'
import type { Settings } from './settings.ts'
import type { Storage } from './storage.ts'

/** The address is /pictures/<key>, the object's name the key alone; nothing else is served, and no export. */
const strip = `function handler(event) {
  var request = event.request
  if (!/^\\/pictures\\/(?!exports\\/)\\w+\\/./.test(request.uri)) return { statusCode: 404, statusDescription: 'Not Found' }
  request.uri = request.uri.slice('/pictures'.length)
  return request
}`

/** Pictures for everybody who knows their unguessable address. Gives the base of these addresses. */
export function pictures(stack: Stack, { bucket, logs }: Storage, settings: Settings): string {
  if (!settings.bucketName) bucket.addToResourcePolicy(noExports(bucket))
  const originAccessControl = new S3OriginAccessControl(stack, 'PictureAccess', {
    originAccessControlName: nameInAccount(stack, 'Access'),
  })
  const distribution = new Distribution(stack, 'Distribution', {
    ...ownDomain(stack, settings),
    ...(settings.webAclArn && { webAclId: settings.webAclArn }),
    defaultBehavior: {
      origin: S3BucketOrigin.withOriginAccessControl(bucket, { originAccessControl }),
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
    ...(settings.cdnLogs && { enableLogging: true, logBucket: logs, logFilePrefix: 'cdn/' }),
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
  if (!settings.cdnLogs) {
    const reason = 'The operator chose so: CloudFront writes to no bucket in this region.'
    Validations.of(distribution).acknowledge({ id: 'AwsSolutions-CFR3', reason })
  }
  if (settings.bucketName) {
    letIn(stack, bucket, distribution)
    const id = 'Annotation::@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac'
    Validations.of(stack).acknowledge({ id, reason: 'The policy of the bucket is written here.' })
  }
  const host = settings.picturesDomainName || distribution.distributionDomainName
  const url = `https://${host}`
  new CfnOutput(stack, 'PicturesTarget', { value: distribution.distributionDomainName })
  new CfnOutput(stack, 'PicturesUrl', { value: `${url}/pictures/` })
  return url
}

/** CloudFront's names are of the account, whatever the region; CDK gives some of them none. */
const nameInAccount = (stack: Stack, what: string): string =>
  Fn.join('-', [stack.stackName, what, stack.region])

/** A bucket that was taken over has lost its policy with the stack that made it. */
function letIn(stack: Stack, bucket: IBucket, distribution: Distribution): void {
  const policy = new BucketPolicy(stack, 'PicturesPolicy', { bucket })
  policy.document.addStatements(
    new PolicyStatement({
      actions: ['s3:GetObject'],
      resources: [bucket.arnForObjects('*')],
      principals: [new ServicePrincipal('cloudfront.amazonaws.com')],
      conditions: { StringEquals: { 'AWS:SourceArn': distribution.distributionArn } },
    }),
    noExports(bucket),
    new PolicyStatement({
      effect: Effect.DENY,
      actions: ['s3:*'],
      resources: [bucket.bucketArn, bucket.arnForObjects('*')],
      principals: [new AnyPrincipal()],
      conditions: { Bool: { 'aws:SecureTransport': 'false' } },
    }),
  )
}

/** Exports are read by signed addresses alone, whatever the way that leads to the bucket says. */
const noExports = (bucket: IBucket): PolicyStatement =>
  new PolicyStatement({
    effect: Effect.DENY,
    actions: ['s3:GetObject'],
    resources: [bucket.arnForObjects('exports/*')],
    principals: [new ServicePrincipal('cloudfront.amazonaws.com')],
  })

function ownDomain(stack: Stack, { picturesDomainName, picturesCertificateArn }: Settings) {
  if (!picturesDomainName) return {}
  return {
    domainNames: [picturesDomainName],
    certificate: Certificate.fromCertificateArn(
      stack,
      'PicturesCertificate',
      picturesCertificateArn,
    ),
    minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
  }
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
    responseHeadersPolicyName: nameInAccount(stack, 'Headers'),
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
