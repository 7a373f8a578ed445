/** The part of `npm run measure` about GPUs that fail: each fault is caused in a browser, and timed by what the page shows. */
import { chromium } from "playwright-core";
import { browserOptions, webgpuFlags } from "./paths.mjs";

const crashes = 10;
const percentile = (values, part) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(part * values.length) - 1)];
const sleep = (time) => new Promise((resolve) => { setTimeout(resolve, time); });
const now = () => performance.timeOrigin + performance.now();

/**
 * In the worker, before its own code: says when an adapter was refused, how long the GPU was busy with each submission, and from which
 * step a run went on after a loss.
 */
const noted = (refuses) => `const told = (name, value) => console.log("fault " + name + " " + value);
const post = self.postMessage;
self.postMessage = function (message, ...rest) {
  const seam = message.frame?.seams?.at(-1);
  if (seam?.why === "lost") told("seam", seam.step);
  return post.call(self, message, ...rest);
};
if (self.GPU) {
  const clock = () => performance.timeOrigin + performance.now();
  ${refuses ? `GPU.prototype.requestAdapter = async () => { told("refused", clock()); return null; };` : ""}
  const submit = GPUQueue.prototype.submit;
  let free = 0;
  GPUQueue.prototype.submit = function (...given) {
    submit.apply(this, given);
    const sent = clock();
    this.onSubmittedWorkDone().then(() => { const from = Math.max(free, sent); free = clock(); told("busy", free - from); }, () => undefined);
  };
}
`;

/** A training that was started on the GPU, in a browser of its own: after two crashes a browser offers no adapter for two minutes. */
async function training(site, refuses, body) {
  const browser = await chromium.launch({ ...browserOptions(), args: webgpuFlags });
  try {
    const page = await browser.newPage({ serviceWorkers: "block" });
    await page.route(/worker[^/]*\.js$/, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: noted(refuses) + (await answer.text()) });
    });
    const told = { refused: [], busy: [], seam: [] };
    page.on("console", (message) => {
      const [, name, value] = /^fault (\w+) ([\d.]+)$/.exec(message.text()) ?? [];
      if (name) told[name].push(Number(value));
    });
    await page.goto(`${site}train-a-language-model/?backend=webgpu`);
    const figure = page.locator("figure[data-widget=train-tiny-gpt]");
    await figure.and(page.locator("[data-controls=live]")).waitFor();
    await figure.evaluate((element) => {
      globalThis.shown = [];
      new MutationObserver(() => {
        const { step, backend } = element.dataset;
        const last = globalThis.shown.at(-1);
        if (step !== undefined && (last?.step !== Number(step) || last.backend !== backend)) {
          globalThis.shown.push({ step: Number(step), backend, at: performance.timeOrigin + performance.now() });
        }
      }).observe(element, { attributes: true });
    });
    await figure.getByRole("button", { name: "Run", exact: true }).click();
    const shown = async (fits, patience = 120_000) => {
      for (const end = now() + patience; now() < end; await sleep(50)) {
        const found = fits(await page.evaluate(() => globalThis.shown));
        if (found) return found;
      }
      throw new Error("the training did not come to where the fault is caused");
    };
    return await body({ browser, told, shown });
  } finally {
    await browser.close();
  }
}

/** @param report called with what was measured, the number, the promise and its unit */
export async function measureFaults(site, report) {
  const afterCrash = [], busy = [];
  for (let i = 0; i < crashes; i++) {
    await training(site, false, async ({ browser, told, shown }) => {
      await shown((frames) => frames.findLast(({ step, backend }) => backend === "webgpu" && step > 2));
      await sleep(700 + 90 * i);
      const protocol = await browser.newBrowserCDPSession();
      const lost = now();
      await protocol.send("Browser.crashGpuProcess").catch(() => undefined);
      busy.push(...told.busy);
      // A trained step is one beyond the checkpoint from which the run went on.
      const next = await shown((frames) => frames.find(({ backend, at, step }) => backend === "cpu" && at > lost && step > told.seam[0]));
      afterCrash.push(next.at - lost);
    });
  }
  report(`a crash of the GPU to the next trained step shown, slowest in twenty of ${crashes}`, percentile(afterCrash, 0.95), 500, "ms");
  console.log(`  median ${Math.round(percentile(afterCrash, 0.5))} ms; ${afterCrash.map(Math.round).join(", ")}`);
  report(`the GPU's time for a submission, slowest in a hundred of ${busy.length}`, percentile(busy, 0.99), 250, "ms");
  console.log(`  median ${Math.round(percentile(busy, 0.5))} ms, slowest ${Math.round(Math.max(...busy))} ms`);
  const refused = [];
  for (let i = 0; i < 5; i++) {
    await training(site, true, async ({ told, shown }) => {
      const first = await shown((frames) => frames.find(({ backend }) => backend === "cpu"));
      refused.push(first.at - told.refused.find((at) => at < first.at));
    });
  }
  report(`no adapter to the first frame of the CPU, slowest of ${refused.length}`, Math.max(...refused), 300, "ms");
  console.log(`  ${refused.map(Math.round).join(", ")}`);
}
