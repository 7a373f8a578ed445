import type { Page } from "@playwright/test";
import { patience } from "./figure.ts";
import { expect, test } from "./harness.ts";
import { foreign, otherSite } from "./otherSite.ts";

const site = otherSite();
test.afterEach(() => site.close());
test.use({ tolerate: [foreign] });

const descent = "figure[data-widget=descent-1d]";
const inFrame = (page: Page) => page.frameLocator("iframe").first().locator(descent);
const frameTo = (book: string, rest: string): string => `<iframe id="one" name="one" src="${book}embed/descent-1d/${rest}" width="700" height="800"></iframe>`;

/** Shows an embed in another site and keeps what it says. */
async function listen(page: Page, book: string, rest: string): Promise<{ say(message: object): Promise<void>; heard(type: string): Promise<Record<string, unknown>[]> }> {
  await site.show(page, `<script>addEventListener("message",(e)=>{(window.heard??=[]).push(e.data)})</script>${frameTo(book, rest)}`);
  await expect(inFrame(page)).toHaveAttribute("data-controls", "live", { timeout: patience });
  return {
    say: (message) => page.evaluate((data) => document.querySelector("iframe")!.contentWindow!.postMessage({ ns: "glass-box", v: 1, id: "one", ...data }, "*"), message),
    heard: (type) => page.evaluate((wanted) => ((globalThis as unknown as { heard?: Record<string, unknown>[] }).heard ?? []).filter((one) => one.type === wanted), type),
  };
}

test("an embed announces itself, its height, its progress and its state, each with its envelope", async ({ page, baseURL }) => {
  const { say, heard } = await listen(page, baseURL!, "#learningRate=0.5");
  await expect.poll(() => heard("ready")).toContainEqual(expect.objectContaining({ ns: "glass-box", v: 1, id: "one", widget: "descent-1d", version: 1, hears: expect.arrayContaining(["set-state", "seek", "lock"]) }));
  await expect.poll(async () => (await heard("resize")).at(-1)?.height).toBeGreaterThan(300);
  await expect.poll(async () => (await heard("progress")).at(-1)?.step, { timeout: patience }).toBe(30);
  await say({ type: "get-state" });
  await expect.poll(async () => (await heard("state")).at(-1)?.params).toBe("learningRate=0.5");
});

test("a host sets, steps, seeks, resets, runs, pauses, themes and locks", async ({ page, baseURL }) => {
  const { say, heard } = await listen(page, baseURL!, "?run=click#headStart=0");
  const figure = inFrame(page);
  await say({ type: "seek", step: 7 });
  await expect(figure).toHaveAttribute("data-step", "7");
  await expect(figure).toHaveAttribute("data-status", "paused");
  await expect.poll(async () => (await heard("paused")).length).toBeGreaterThan(0);
  await say({ type: "step" });
  await expect(figure).toHaveAttribute("data-step", "8");
  await say({ type: "seek", step: 3 });
  await expect(figure).toHaveAttribute("data-step", "3");
  await say({ type: "get-state" });
  await expect.poll(async () => (await heard("state")).at(-1)?.params).toBe("headStart=0&step=3");
  await say({ type: "theme", theme: "dark" });
  await expect(page.frameLocator("iframe").locator("html")).toHaveAttribute("data-theme", "dark");
  await say({ type: "lock", locked: true });
  await expect(figure.locator("input[name=learningRate]")).toBeDisabled();
  await figure.locator(".gb-handle").focus();
  await page.keyboard.press("ArrowLeft");
  await expect(figure.locator(".gb-handle")).toHaveAttribute("aria-valuenow", "5");
  await say({ type: "set-state", params: "learningRate=0.9&start=4" });
  await expect(figure.locator("input[name=learningRate]")).toHaveValue("0.9");
  await say({ type: "lock", locked: false });
  await expect(figure.locator("input[name=learningRate]")).toBeEnabled();
  await say({ type: "reset" });
  await say({ type: "run" });
  await expect(figure).toHaveAttribute("data-step", "30", { timeout: patience });
  await say({ type: "pause" });
});

test("lock, hide and controls of the address leave what a teacher wants to leave", async ({ page, baseURL }) => {
  await page.goto(`${baseURL}embed/descent-1d/?lock&hide=start,%22%3E%3Cimg%20onerror=alert(1)%3E,__proto__#learningRate=0.4`);
  const figure = page.locator(descent);
  await expect(figure.locator("input[name=learningRate]")).toBeDisabled();
  await expect(figure.locator("input[name=learningRate]")).toHaveValue("0.4");
  await expect(figure.locator("input[name=start]")).toHaveCount(0);
  await expect(figure.locator("[data-scene]")).toHaveCount(0);
  await page.goto(`${baseURL}embed/descent-1d/?controls=none`);
  await expect(figure.locator(".gb-run")).toBeVisible();
  await expect(figure.locator("input:visible")).toHaveCount(0);
});

test("a figure that never runs is a picture with its table: nothing that could be set, and no engine", async ({ page, baseURL }) => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await site.show(page, `<script>addEventListener("message",(e)=>{(window.heard??=[]).push(e.data)})</script>${frameTo(baseURL!, "?run=never#learningRate=0.9")}`);
  await expect.poll(() => page.evaluate(() => ((globalThis as unknown as { heard?: { type: string }[] }).heard ?? []).map(({ type }) => type)), { timeout: patience }).toContain("ready");
  const figure = inFrame(page);
  await expect(figure.locator("svg:visible").first()).toBeVisible();
  await expect(figure.locator("[data-knobs] :is(input, button, select):visible")).toHaveCount(0);
  await expect(figure.locator("[data-word]")).toHaveText("build-time frame");
  await figure.locator("details[data-panel] > summary").click();
  await figure.locator("details[data-panel] details > summary").click();
  await expect(figure.locator("tbody tr").first()).toBeVisible();
  await expect(figure).toHaveAttribute("data-status", "static");
  expect(page.workers()).toHaveLength(0);
  expect(asked.filter((address) => /worker|\.wasm/.test(address))).toEqual([]);
});

test("a task says with its numbers whether it is met, below the figure and to the host", async ({ page, baseURL }) => {
  const { heard, say } = await listen(page, baseURL!, "?run=click&task=loss%3C0.01,step%3E=5,alert(1)%3C2#learningRate=0.3&headStart=0&step=2");
  const task = page.frameLocator("iframe").locator(".embed-task");
  await expect(task.locator("li")).toHaveCount(2);
  await inFrame(page).getByRole("button", { name: "Run to step 2", exact: true }).click();
  await expect(task.locator("li").first()).toHaveText("loss below 0.01: now 0.1024, not met yet");
  await expect(task.locator("output")).toHaveText("Not met yet.");
  await say({ type: "seek", step: 9 });
  await expect(task.locator("output")).toHaveText("Met.");
  await expect.poll(async () => (await heard("task")).at(-1)).toMatchObject({ met: true, goals: [{ goal: "loss", sign: "<", bound: 0.01, met: true }, { goal: "step", met: true, value: 9 }] });
});

test("hostile tasks, locks and states show a figure and nothing else", async ({ page, baseURL }) => {
  for (const bad of ["constructor<1", "__proto__.x<1", "loss<1e309", "loss<NaN", "<script>alert(1)</script>", "loss<0.1".repeat(9000), "%E0%A4%A"]) {
    await page.goto(`${baseURL}embed/descent-1d/?task=${bad.startsWith("%") ? bad : encodeURIComponent(bad).slice(0, 6000)}&theme=url(x)&controls=__proto__&run=javascript:1#learningRate=١٢&start=-0&step=1e309&w=%3Cb%3E`);
    await expect(page.locator(descent)).toHaveAttribute("data-status", "live", { timeout: patience });
    await expect(page.locator(".embed-task")).toHaveCount(0);
    await expect(page.locator("input[name=learningRate]")).toHaveValue("0.1");
  }
});

test("a hash of 64 KB, emoji, lone surrogates and duplicate keys end within the schema", async ({ page, baseURL }) => {
  for (const hash of [`learningRate=0.5&junk=${"x".repeat(65_000)}`, `learningRate=0.5&start=${"😀".repeat(2000)}`, "learningRate=0.5&learningRate=9&landscape=%ED%A0%80", "learningRate=0.5&landscape=%E2%80%AEbowl"]) {
    await page.goto(`${baseURL}embed/descent-1d/?n=${hash.length}#${hash}`);
    await expect(page.locator(descent)).toHaveAttribute("data-controls", "live", { timeout: patience });
    await expect(page.locator("input[name=learningRate]")).toHaveValue("0.5");
    await expect(page.locator(`${descent} input[name=landscape][value=bowl]`)).toBeChecked();
  }
  expect(await page.evaluate(() => Object.keys(Object.prototype))).toEqual([]);
});

test("messages before ready, from another frame and of a future version change nothing and break nothing", async ({ page, baseURL }) => {
  const { say } = await listen(page, baseURL!, "");
  await page.evaluate(() => {
    // A second frame of the same host speaks to the first.
    const other = document.createElement("iframe");
    other.srcdoc = `<script>parent.frames[0].postMessage({ns:"glass-box",v:1,type:"set-state",params:"start=1"},"*")</script>`;
    document.body.append(other);
  });
  await say({ type: "set-state", v: 2, params: "start=1" });
  await say({ type: "set-state", id: "another", params: "start=1" });
  await page.waitForTimeout(500);
  await expect(inFrame(page).locator("input[name=start]")).toHaveValue("5");
  await page.evaluate(() => {
    const frame = document.querySelector("iframe")!;
    const { contentWindow: old } = frame;
    frame.src += "?again";
    for (let i = 0; i < 100; i++) old!.postMessage({ ns: "glass-box", v: 1, id: "one", type: "run" }, "*");
  });
  await expect(inFrame(page)).toHaveAttribute("data-status", "live", { timeout: patience });
});

test("the link to the book carries the state, and the code of an embed can be found by oEmbed", async ({ page, baseURL }) => {
  await page.goto(`${baseURL}embed/descent-1d/#learningRate=0.9`);
  await expect(page.locator(descent)).toHaveAttribute("data-status", "live", { timeout: patience });
  const link = page.getByRole("link", { name: "Open in the book" });
  await link.hover();
  await expect(link).toHaveAttribute("href", /gradient-descent\/#descent-1d\?learningRate=0\.9/);
  const discovered = await page.locator('link[type="application/json+oembed"]').getAttribute("href");
  const answer = await page.request.get(new URL(discovered!, page.url()).href);
  expect(answer.headers()["access-control-allow-origin"]).toBe("*");
  const { type, version, html, width, height, thumbnail_url: thumbnail, thumbnail_width: thumbnailWidth } = (await answer.json()) as Record<string, unknown>;
  expect([type, version, width, thumbnailWidth]).toEqual(["rich", "1.0", 720, 1440]);
  expect(thumbnail).toMatch(/^https?:.*\/embed\/descent-1d\/poster\.light\.png$/);
  expect(html).toMatch(/^<iframe src="https?:[^"]*\/embed\/descent-1d\/"/);
  const picture = await page.request.get(`${baseURL}embed/descent-1d/poster.light.png`);
  expect([picture.headers()["content-type"], (await picture.body()).readUInt32BE(16)]).toEqual(["image/png", 2 * 720]);
  const preview = await page.locator('meta[property="og:image"]').getAttribute("content");
  const shown = await (await page.request.get(new URL(preview!, page.url()).href)).body();
  expect([shown.readUInt32BE(16), shown.readUInt32BE(20)]).toEqual([1200, 630]);
  for (const file of ["poster.light.svg", "poster.dark.svg", "poster.dark.png", "data.json"]) expect((await page.request.get(`${baseURL}embed/descent-1d/${file}`)).ok(), file).toBe(true);
  // In a frame as wide as oEmbed says.
  await page.setViewportSize({ width: 720, height: 800 });
  const real = await page.locator("main").evaluate((main) => main.getBoundingClientRect().height);
  expect(Math.abs(Number(height) - real)).toBeLessThan(100);
  for (const path of ["embed/v1.js", "embed/messages.d.ts", "embed/manifest.json"]) expect((await page.request.get(`${baseURL}${path}`)).ok()).toBe(true);
});

test("a page whose policy blocks frames keeps the fallback, and is told", async ({ page, baseURL }) => {
  test.slow();
  const { origin } = new URL(baseURL!);
  await page.clock.install();
  await site.show(page, `<script src="${baseURL}embed/v1.js"></script><glass-box widget="descent-1d"><p>fallback</p></glass-box>`, { "Content-Security-Policy": `default-src 'self'; style-src 'unsafe-inline'; script-src ${origin}; img-src data:; frame-src 'none'` });
  await page.evaluate(() => document.querySelector("glass-box")!.addEventListener("error", (event) => { document.title = (event as CustomEvent<{ code: string }>).detail.code; }));
  await page.clock.fastForward(21_000);
  await expect(page).toHaveTitle("timeout");
  await expect(page.getByText("fallback")).toBeVisible();
});

test("a page with default-src 'self' needs nothing but frame-src for the plain frame", async ({ page, baseURL }) => {
  await site.show(page, frameTo(baseURL!, ""), { "Content-Security-Policy": `default-src 'self'; img-src data:; frame-src ${new URL(baseURL!).origin}` });
  await expect(inFrame(page)).toHaveAttribute("data-status", "live", { timeout: patience });
});

test("the element keeps the place of the figure: the text below it does not move by more than a line or two", async ({ page, baseURL }) => {
  const manifest = (await (await page.request.get(`${baseURL}embed/manifest.json`)).json()) as { widgets: Record<string, { height: Record<string, number> }> };
  await site.show(page, `<body style="margin:0;width:720px"><script src="${baseURL}embed/v1.js"></script><glass-box widget="descent-1d" height="${manifest.widgets["descent-1d"]!.height[720]}" task="loss<0.5" lock></glass-box><p id="below">below</p>`);
  const top = (): Promise<number> => page.locator("#below").evaluate((element) => element.getBoundingClientRect().top);
  const before = await top();
  await expect(inFrame(page)).toHaveAttribute("data-status", "live", { timeout: patience });
  await page.waitForTimeout(300);
  expect(Math.abs((await top()) - before)).toBeLessThan(120);
  await expect(inFrame(page).locator("input[name=learningRate]")).toBeDisabled();
});

test("of fifty embeds on one page only those on the screen run, and the page stays quick", async ({ page, baseURL }) => {
  test.slow();
  await site.show(page, `${Array.from({ length: 50 }, (_, i) => `<iframe name="f${i}" loading="lazy" src="${baseURL}embed/descent-1d/#headStart=0" width="700" height="640"></iframe>`).join("<br>")}`);
  await expect(inFrame(page)).toHaveAttribute("data-status", "live", { timeout: patience });
  await page.evaluate(() => {
    const kept = globalThis as unknown as { slow: number };
    kept.slow = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) kept.slow = Math.max(kept.slow, entry.duration); }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
  });
  for (let i = 0; i < 10; i++) {
    await page.mouse.click(900, 300);
    await page.waitForTimeout(60);
  }
  // Frames far below have not been loaded at all.
  const loaded = page.frames().filter((frame) => frame.url().includes("/embed/"));
  const statuses = await Promise.all(loaded.map((frame) => frame.evaluate(() => document.querySelector<HTMLElement>("figure")?.dataset.status)));
  const running = statuses.filter((status) => status === "live").length;
  expect(running).toBeGreaterThan(0);
  expect(running).toBeLessThanOrEqual(4);
  expect(await page.evaluate(() => (globalThis as unknown as { slow: number }).slow)).toBeLessThanOrEqual(200);
});
