import { type BinaryNode, getBinaryNodeChildren, type WASocket } from 'baileys';

type Handler = (node: BinaryNode) => Promise<void>;

const EVENT = 'CB:notification';

/**
 * Puts `sync` in the place of Baileys' own app state sync: notified of a change, but not of the collection,
 * Baileys acknowledges the notification and does nothing else. That happens when what has changed is stored.
 */
export function takeOverServerSync(
  { ws }: WASocket,
  options: { sync(collections: string[]): Promise<void>; over(): boolean },
): void {
  const [theirs] = ws.listeners(EVENT) as Handler[];
  if (!theirs) throw new Error(`expected a listener of Baileys for ${EVENT}`);
  const ours: Handler = async (node) => {
    if (node.attrs.type !== 'server_sync') return theirs(node);
    await options.sync(getBinaryNodeChildren(node, 'collection').flatMap(({ attrs }) => attrs.name ?? []));
    const { offline: _, ...attrs } = node.attrs;
    if (!options.over()) await theirs({ tag: node.tag, attrs });
  };
  ws.off(EVENT, theirs);
  ws.on(EVENT, ours);
}
