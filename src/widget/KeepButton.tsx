import { useState } from "react";
import { useStore } from "zustand";
import type { Makes } from "./defineWidget.ts";
import { type FigureStore, takeFrom } from "./store.ts";

interface KeepButtonProps {
  readonly figure: string;
  readonly store: FigureStore;
  readonly makes: Makes;
  /** The title of the figure. */
  readonly where: string;
}

/** "Keep this model": puts what the run has made on the reader's shelf, where other figures find it. */
export function KeepButton({ figure, store, makes, where }: KeepButtonProps) {
  const isThere = useStore(store, ({ frame, status }) => frame !== null && status !== "error");
  const [said, setSaid] = useState<string | null>(null);
  const keep = async (): Promise<void> => {
    const { frame, params } = store.getState();
    const [bytes, { shelve }] = await Promise.all([takeFrom(figure, makes.kind), import("../keep/shelve.ts")]);
    if (!bytes) throw new Error("there is nothing to keep yet");
    const made = { name: makes.name(frame, params), read: makes.read(frame, params), where };
    const { shelved, saved } = await shelve(makes.kind, bytes, made);
    setSaid(saved ? `Kept in this browser: “${shelved.name}”.` : `“${shelved.name}” lasts as long as this page: it could not be saved.`);
  };
  const press = (): void => {
    setSaid(null);
    keep().catch((error: unknown) => setSaid(`That did not work: ${error instanceof Error ? error.message : String(error)}.`));
  };
  return (
    <span className="gb-keep">
      <button type="button" disabled={!isThere} onClick={press}>Keep this {makes.kind}</button>
      <output>
        {said !== null && <>{said} <button type="button" className="gb-link" data-models="">Your models</button></>}
      </output>
    </span>
  );
}
