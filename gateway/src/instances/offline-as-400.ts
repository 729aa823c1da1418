import { Failure, failure } from '../failure.ts';

/** Runs an operation of the community and newsletter modules: they answer a missing connection with 400, not 503. */
export async function offlineAs400<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isOffline = error instanceof Failure && error.code === 'instance_not_connected';
    throw isOffline ? failure('instance_offline', undefined, error) : error;
  }
}
