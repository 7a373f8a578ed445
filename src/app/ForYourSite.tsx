import type { ReactElement, ReactNode } from "react";
import type { Widget } from "../widget/defineWidget.ts";
import { elementCode, type EmbedTarget, iframeCode, plainEmbed } from "../widget/embedCode.ts";
import { embedHeight } from "../widget/embedHeight.ts";
import { CodeBlock } from "./CodeBlock.tsx";
import { recipes } from "./recipes.ts";
import { siteRoot, type Site } from "./site.ts";

interface ForYourSiteProps {
  readonly site: Site;
  /** The figure of the examples. */
  readonly example: Widget;
}

/** How to put a figure of the book into a page of one's own. */
export function ForYourSite({ site, example }: ForYourSiteProps): ReactElement {
  const { id: widget, title } = example;
  const target: EmbedTarget = { site: siteRoot(site), widget, title, state: "", height: embedHeight(example, 720), picture: example.size.wide };
  const address = `${target.site}embed/${widget}/`;
  const [element, iframe] = [elementCode(target), iframeCode(target)];
  const codes = { element, iframe, address, root: target.site, widget, title, height: target.height };
  const goal = Object.keys(example.goals)[0] ?? "loss";
  return (
    <article className="chapter">
      <header className="opening">
        <h1>For your site</h1>
        <p className="chapter-question">
          Every figure of the book can stand in your page: live, with its controls, in a state you choose.
        </p>
      </header>
      <Part id="start" title="Two ways">
        <p>
          <strong>Embed…</strong> stands behind the three dots of every figure. <a href={`${site.base}widgets/`}>The list</a> has them
          all. The code that you copy holds the state that you see.
        </p>
        <p>
          Prose and figures are <a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>: the line below each embed names the
          book, and that is all it asks.
        </p>
        <p>
          <strong>The element</strong> follows the height of the figure and speaks with your page. What stands inside shows until the
          figure comes, and stays where it cannot.
        </p>
        <CodeBlock label="element" code={element} />
        <p><strong>A plain iframe</strong> works where a platform strips scripts.</p>
        <CodeBlock label="iframe" code={iframe} />
      </Part>
      <Part id="recipes" title="Recipes">
        {recipes(codes).map(({ name, how, code }) => (
          <section className="recipe" key={name}>
            <h3>{name}</h3>
            <p>{how.split("`").map((part, i) => (i % 2 === 0 ? part : <code key={part}>{part}</code>))}</p>
            <CodeBlock label={name} code={code} />
          </section>
        ))}
      </Part>
      <Part id="options" title="Options">
        <p>As attributes of the element, or behind the <code>?</code> of an embed’s address.</p>
        <Options rows={[
          ["params", "The state, as in a link: learningRate=0.5&start=2. In an address it stands behind #. For a run also step=300: "
            + "the figure goes there by itself, or by one press."],
          ["theme", "auto (as the reader’s system), light, dark."],
          ["controls", "full; min leaves out scenes and rarer settings; none leaves only the button that runs the figure."],
          ["run", "visible (when it is seen), click (by press), never (a still picture with its table)."],
          ["lock", "No setting can be changed; what runs can still be run."],
          ["hide", "Names of settings that have no control here: hide=\"learningRate,seed\"."],
          ["task", "A bound to a number of the figure; see below."],
          ["height", "Pixels to keep free before the figure has loaded. The dialog writes the right number."],
        ]} />
      </Part>
      <Part id="teachers" title="Tasks for a class">
        <p>
          A figure declares numbers that a task may ask for. <code>task={`"${goal}<0.5"`}</code> shows the task below the figure and says
          whether it is met, with the number.
          Joined by commas, up to four bounds count together. A student hands in the link of her state (three dots, <strong>Copy
          link</strong>): it holds every setting, the seed and the step.
          Opened, it runs again in your tab, and says met or not. Nothing is sent anywhere, and the fingerprint of the weights in the
          link shows whether the run is the same to the last bit.
        </p>
        <CodeBlock label="task" code={elementCode(target, { ...plainEmbed, task: `${goal}<0.5` })} />
      </Part>
      <Part id="messages" title="Messages">
        <p>
          The element has methods <code>run() pause() step() reset() seek(step)</code>, a property <code>params</code>, and events{" "}
          <code>ready state progress task paused error resize</code>.
          Behind it are messages by <code>postMessage</code>, described with types in <a
          href={`${site.base}embed/messages.d.ts`}>messages.d.ts</a>. The address <code>embed/v1.js</code> will always speak version 1.
          Sizes and titles of all figures are in <a href={`${site.base}embed/manifest.json`}>manifest.json</a>; each embed has an{" "}
          <code>oembed.json</code> beside it.
        </p>
        <CodeBlock label="messages" code={`const figure = document.querySelector("glass-box");
figure.addEventListener("progress", ({ detail }) => console.log(detail.step, detail.loss));
figure.addEventListener("task", ({ detail }) => console.log(detail.met, detail.goals));
figure.addEventListener("error", ({ detail }) => console.warn(detail.message));
figure.addEventListener("ready", () => figure.run());`} />
      </Part>
      <Part id="promises" title="What an embed does, and what it does not">
        <p>
          It sets no cookie, keeps nothing, asks no other site for anything, and trains nothing until it is seen or pressed. Off the
          screen it pauses. It needs no permission (no <code>allow</code>), no special headers of your page,
          and no GPU. In a sandbox with <code>allow-scripts</code> alone it runs on the page’s own thread; in one without scripts its
          picture, caption and table are there.
          If your page has a Content-Security-Policy, it needs <code>frame-src {target.site}</code> and, for the element,{" "}
          <code>script-src {target.site}</code>.
        </p>
      </Part>
    </article>
  );
}

function Part({ id, title, children }: { readonly id: string; readonly title: string; readonly children: ReactNode }): ReactElement {
  return <section className="section" id={id} aria-labelledby={`${id}-title`}><h2 id={`${id}-title`}>{title}</h2>{children}</section>;
}

function Options({ rows }: { readonly rows: readonly (readonly [string, string])[] }): ReactElement {
  return <dl className="options">{rows.map(([name, what]) => <div key={name}><dt><code>{name}</code></dt><dd>{what}</dd></div>)}</dl>;
}
