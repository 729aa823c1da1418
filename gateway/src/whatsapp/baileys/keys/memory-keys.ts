import type { SignalDataSet, SignalDataTypeMap, SignalKeyStore } from 'baileys';

export interface MemoryKeys {
  store: SignalKeyStore;
  all(): SignalDataSet;
}

/** Keys of a device that is being paired; they reach the database together with its credentials, or never. */
export function memoryKeys(): MemoryKeys {
  const kinds = new Map<string, Map<string, unknown>>();
  return {
    store: {
      get<K extends keyof SignalDataTypeMap>(kind: K, ids: string[]) {
        const values = kinds.get(kind);
        const found = ids.flatMap((id) => (values?.has(id) ? [[id, values.get(id)]] : []));
        return Object.fromEntries(found) as Record<string, SignalDataTypeMap[K]>;
      },
      set(data) {
        for (const [kind, changes] of Object.entries(data)) {
          const values = kinds.get(kind) ?? new Map<string, unknown>();
          kinds.set(kind, values);
          for (const [id, value] of Object.entries(changes)) {
            if (value === null || value === undefined) values.delete(id);
            else values.set(id, value);
          }
        }
      },
    },
    all: () =>
      Object.fromEntries(
        [...kinds].map(([kind, values]) => [kind, Object.fromEntries(values)]),
      ) as SignalDataSet,
  };
}
