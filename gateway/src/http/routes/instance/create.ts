import { configureWebsocket } from '../../../events/sockets/websocket-config.ts';
import { configureWebhook } from '../../../events/webhooks/webhook-config.ts';
import { Failure, failure } from '../../../failure.ts';
import { type InstanceObject, Listing } from '../../../instances/listing.ts';
import { errorAnswer } from '../../errors.ts';
import { type Route, route } from '../../route.ts';
import { type CreateBody, createBody } from './create-body.ts';
import type { InstanceRouteDeps } from './deps.ts';
import { created } from './examples.ts';
import { proxySettings } from './proxy-fields.ts';
import { s3Settings } from './s3-fields.ts';

export function createInstance(deps: InstanceRouteDeps): Route {
  const listing = new Listing(deps);
  return route({
    method: 'POST',
    path: '/api/instance/new',
    summary: 'Create an instance',
    examples: created,
    access: { to: 'account' },
    rate: 'create',
    failed: 'Failed to create instance: internal error',
    body: createBody,
    async handle({ principal, body }) {
      const row = await deps.records.create(principal.account.id, {
        name: body.name,
        token: body.token,
        settings: body,
        proxy: body.proxyEnabled ? proxySettings(proxyFields(body), proxyName, deps.allowed) : null,
        s3: body.s3Enabled ? newS3(body, deps) : null,
      });
      const errors = await configureChannels(deps, row.id, body);
      const instance = withErrors((await listing.ofInstance(row)).object, errors);
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

type ChannelErrors = Partial<Record<'webhook' | 'websocket' | 'chatwoot', string>>;

/** The inline blocks do not abort the creation: each says what was wrong with it, and can be repaired afterwards. */
async function configureChannels(
  deps: InstanceRouteDeps,
  instanceId: string,
  body: CreateBody,
): Promise<ChannelErrors> {
  const errors: ChannelErrors = {};
  const attempt = async (block: 'webhook' | 'websocket', work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      deps.log.warn({ instanceId, block, err: error }, 'an inline block of a new instance was not applied');
      const failed = error instanceof Failure ? error : failure('internal', undefined, error);
      errors[block] = errorAnswer(failed).body.error.message;
    }
  };
  if (body.webhookEnabled) {
    await attempt('webhook', () =>
      configureWebhook(deps.db, deps, instanceId, {
        enabled: true,
        url: body.webhookURL,
        authorization: body.webhookAuthorization,
        byEvents: body.webhookByEvents,
        events: body.webhookEvents,
        mediaBase64: body.webhookMediaBase64,
      }),
    );
  }
  if (body.websocketEnabled) {
    await attempt('websocket', () =>
      configureWebsocket(deps.db, deps, instanceId, {
        enabled: true,
        events: body.websocketEvents,
        mediaBase64: body.websocketMediaBase64,
      }),
    );
  }
  if (body.chatwootEnabled) errors.chatwoot = 'integration gateway not configured';
  deps.watcher.instanceChanged(instanceId);
  return errors;
}

function withErrors(object: InstanceObject, { webhook, websocket, chatwoot }: ChannelErrors) {
  return {
    ...object,
    ...(webhook === undefined ? {} : { webhook: { ...object.webhook, error: webhook } }),
    ...(websocket === undefined ? {} : { websocket: { ...object.websocket, error: websocket } }),
    ...(chatwoot === undefined ? {} : { chatwoot: { enabled: false, status: 'error', error: chatwoot } }),
  };
}
