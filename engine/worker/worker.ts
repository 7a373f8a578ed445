import { createHost } from "./host.ts";
import type { ToWorker } from "./protocol.ts";

// The DOM's types say `Window`; in a worker `postMessage` takes a message and what to transfer.
const scope = self as unknown as { postMessage(message: unknown, transfer: Transferable[]): void; onmessage: ((event: MessageEvent<ToWorker>) => void) | null };
const host = createHost({ post: (message, transfer = []) => scope.postMessage(message, transfer) });
scope.onmessage = (event) => host(event.data);
