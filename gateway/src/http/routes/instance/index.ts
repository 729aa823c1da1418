import type { Route } from '../../route.ts';
import { connectInstance } from './connect.ts';
import { createInstanceRoute } from './create.ts';
import { deleteInstance } from './delete.ts';
import type { InstanceRouteDeps } from './deps.ts';
import { getProxy } from './get-proxy.ts';
import { getS3 } from './get-s3.ts';
import { getSettings } from './get-settings.ts';
import { listInstances } from './list.ts';
import { logoutRoute } from './logout.ts';
import { instanceMetrics } from './metrics.ts';
import { cancelPasskeyRoute } from './passkey/cancel.ts';
import { confirmPasskeyRoute } from './passkey/confirm.ts';
import { respondPasskey } from './passkey/respond.ts';
import { readPasskey } from './passkey/state.ts';
import { setProxy } from './proxy.ts';
import { reconnectInstance } from './reconnect.ts';
import { setS3 } from './s3.ts';
import { settingsRoute } from './settings.ts';
import { rotateInstanceToken } from './token.ts';

/** `/api/instance/*` */
export function instanceRoutes(deps: InstanceRouteDeps): Route[] {
  return [
    createInstanceRoute(deps),
    listInstances(deps),
    connectInstance(deps),
    reconnectInstance(deps),
    logoutRoute(deps),
    deleteInstance(deps),
    getSettings(),
    settingsRoute(deps),
    getProxy(),
    setProxy(deps),
    getS3(),
    setS3(deps),
    instanceMetrics(deps),
    rotateInstanceToken(deps),
    readPasskey(deps),
    respondPasskey(deps),
    confirmPasskeyRoute(deps),
    cancelPasskeyRoute(deps),
  ];
}
