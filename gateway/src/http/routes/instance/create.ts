import { failure } from '../../../failure.ts';
import { type CreatedInstance, createInstance } from '../../../instances/create-instance.ts';
import { type InstanceObject, Listing } from '../../../instances/listing.ts';
import { errorAnswer } from '../../errors.ts';
import { type Route, route } from '../../route.ts';
import { type CreateBody, createBody } from './create-body.ts';
import type { InstanceRouteDeps } from './deps.ts';
import { created as examples } from './examples.ts';
import { proxySettings } from './proxy-fields.ts';
import { s3Settings } from './s3-fields.ts';

export function createInstanceRoute(deps: InstanceRouteDeps): Route {
  const listing = new Listing(deps);
  return route({
    method: 'POST',
    path: '/api/instance/new',
    summary: 'Create an instance',
    examples,
    access: { to: 'account' },
    rate: 'create',
    failed: 'Failed to create instance: internal error',
    body: createBody,
    async handle({ principal, body }) {
      const record = {
        name: body.name,
        token: body.token,
        settings: body,
        proxy: body.proxyEnabled ? proxySettings(proxyFields(body), proxyName, deps.allowed) : null,
        s3: body.s3Enabled ? newS3(body, deps) : null,
      };
      const channels = { webhook: webhookInput(body), websocket: websocketInput(body) };
      const created = await createInstance(principal.account.id, { record, ...channels }, deps);
      const { object } = await listing.ofInstance(created.row);
      const instance = withErrors(object, channelErrors(created, body));
      const { id, name, token, status } = instance;
      return {
        status: 201,
        body: { success: true, message: 'Instance created', data: { id, name, token, status }, instance },
      };
    },
  });
}

const proxyName = (field: string) => `Proxy${field}`;

function proxyFields(body: CreateBody) {
  return {
    host: body.proxyHost,
    port: body.proxyPort,
    protocol: body.proxyProtocol,
    username: body.proxyUsername,
    password: body.proxyPassword,
  };
}

function newS3(body: CreateBody, { allowed }: InstanceRouteDeps) {
  const fields = {
    region: body.s3Region,
    bucket: body.s3Bucket,
    accessKey: body.s3AccessKey,
    secretKey: body.s3SecretKey,
    endpoint: body.s3Endpoint,
    pathPrefix: body.s3PathPrefix,
  };
  const { settings, secretKey } = s3Settings(fields, (field) => `S3${field}`, allowed);
  if (secretKey === undefined) throw failure('field_required', { field: 'S3SecretKey' });
  return { settings, secretKey };
}

function webhookInput(body: CreateBody) {
  if (!body.webhookEnabled) return null;
  return {
    enabled: true,
    url: body.webhookURL,
    authorization: body.webhookAuthorization,
    byEvents: body.webhookByEvents,
    events: body.webhookEvents,
    mediaBase64: body.webhookMediaBase64,
  };
}

function websocketInput(body: CreateBody) {
  if (!body.websocketEnabled) return null;
  return { enabled: true, events: body.websocketEvents, mediaBase64: body.websocketMediaBase64 };
}

type ChannelErrors = Partial<Record<'webhook' | 'websocket' | 'chatwoot', string>>;

/** What was wrong with each channel, as public text. */
function channelErrors({ errors }: CreatedInstance, body: CreateBody): ChannelErrors {
  const { webhook, websocket } = errors;
  return {
    ...(webhook && { webhook: errorAnswer(webhook).body.error.message }),
    ...(websocket && { websocket: errorAnswer(websocket).body.error.message }),
    ...(body.chatwootEnabled && { chatwoot: 'integration gateway not configured' }),
  };
}

function withErrors(object: InstanceObject, { webhook, websocket, chatwoot }: ChannelErrors) {
  return {
    ...object,
    ...(webhook === undefined ? {} : { webhook: { ...object.webhook, error: webhook } }),
    ...(websocket === undefined ? {} : { websocket: { ...object.websocket, error: websocket } }),
    ...(chatwoot === undefined ? {} : { chatwoot: { enabled: false, status: 'error', error: chatwoot } }),
  };
}
