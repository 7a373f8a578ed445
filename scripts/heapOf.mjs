/** What lies in the heap of a page and of its worker, by snapshots that a debugger takes. */

/** The page and its worker, each as a function that sends a debugger's command; `chunk` hears the pieces of its snapshots. */
export async function debuggersOf(page) {
  const protocol = await page.context().newCDPSession(page);
  const answers = new Map(), hearers = {};
  let asked = 0;
  const attached = new Promise((resolve) => { protocol.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => targetInfo.type === "worker" && resolve(sessionId)); });
  protocol.on("Target.receivedMessageFromTarget", ({ message }) => {
    const { id, result, method, params } = JSON.parse(message);
    if (method === "HeapProfiler.addHeapSnapshotChunk") hearers.worker?.(params.chunk);
    answers.get(id)?.(result);
    answers.delete(id);
  });
  protocol.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => hearers.page?.(chunk));
  await protocol.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  const sessionId = await attached;
  const toWorker = (method, params = {}) => new Promise((resolve) => {
    answers.set(++asked, resolve);
    void protocol.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id: asked, method, params }) });
  });
  return {
    page: { send: (method, params) => protocol.send(method, params), hear: (chunk) => { hearers.page = chunk; } },
    worker: { send: toWorker, hear: (chunk) => { hearers.worker = chunk; } },
  };
}

/** The browser keeps the last two hundred long frames and tasks of a page, whatever the page does. */
const browsersOwn = /^(Performance\w*Timing|TaskAttributionTiming|blink::(Script|AnimationFrame)TimingInfo)$/;

/**
 * Bytes of a heap after its garbage is collected: `all` of them, and those of `objects`, that is without what V8 compiles and throws
 * away when memory is short (nodes of type code, and its own tables beside them), and without the browser's list of long frames.
 */
export async function heapOf({ send, hear }) {
  for (let i = 0; i < 3; i++) await send("HeapProfiler.collectGarbage");
  const all = (await send("Runtime.getHeapUsage")).usedSize;
  const chunks = [];
  hear((chunk) => chunks.push(chunk));
  await send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  const { snapshot: { meta }, nodes, strings } = JSON.parse(chunks.join(""));
  const { node_fields: fields, node_types: [types] } = meta;
  const [type, name, size] = ["type", "name", "self_size"].map((field) => fields.indexOf(field));
  const by = new Map();
  let objects = 0;
  for (let at = 0; at < nodes.length; at += fields.length) {
    const kind = types[nodes[at + type]], called = strings[nodes[at + name]], bytes = nodes[at + size];
    if (kind === "code" || (kind === "native" && (called.startsWith("system / ") || browsersOwn.test(called)))) continue;
    objects += bytes;
    const key = kind.endsWith("string") ? "strings" : `${kind} ${called.slice(0, 60)}`;
    by.set(key, (by.get(key) ?? 0) + bytes);
  }
  return { all, objects, by };
}

/** What grew most from one heap to a later one, as words. */
export function grown(before, after, most = 5) {
  return [...after.by].map(([key, bytes]) => [key, bytes - (before.by.get(key) ?? 0)]).filter(([, bytes]) => bytes > 0)
    .toSorted(([, a], [, b]) => b - a).slice(0, most).map(([key, bytes]) => `${key} ${bytes}`).join(", ");
}

/** The slope of the line through points that leaves the least squares. */
export function slope(points) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(points.map(([at]) => at)), y = mean(points.map(([, value]) => value));
  return points.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0) / points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
}
