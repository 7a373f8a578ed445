import { useEffect, useState } from "react";
import { useStore } from "zustand";
import type { Shelved } from "../keep/shelf.ts";
import type { ModelParam } from "./params.ts";
import type { FigureStore } from "./store.ts";

interface ModelChoiceProps {
  readonly id: string;
  readonly name: string;
  readonly store: FigureStore;
  readonly param: ModelParam;
  readonly value: string;
  readonly locked: boolean;
  set(value: string): void;
}

/** Milliseconds after which the list is fetched where no frame has come: the figure waits for a press. */
const PATIENCE = 3000;

/** The book's model or one of the reader's: a list that is there once the reader has one. It stands in the bar, whose place is reserved. */
export function ModelChoice({ id, name, store, param, value, locked, set }: ModelChoiceProps) {
  const [mine, setMine] = useState<readonly Shelved[]>([]);
  const kind = param.made ?? "model";
  // What the reader keeps is never waited for by the first live frame.
  const isLive = useStore(store, ({ frame }) => frame !== null);
  const [isTime, setIsTime] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsTime(true), PATIENCE);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    if (!isLive && !isTime) return undefined;
    let end = (): void => undefined;
    let isGone = false;
    void import("../keep/shelf.ts").then(({ shelf }) => {
      if (!isGone) end = shelf().follow(kind, setMine);
    });
    return () => {
      isGone = true;
      end();
    };
  }, [kind, isLive, isTime]);
  if (mine.length === 0 && value === "shipped") return null;
  const fits = ({ shape: { layers = 1, heads = 1 } }: Shelved): boolean => !param.most || (layers <= param.most.layers && heads <= param.most.heads);
  const isListed = value === "shipped" || mine.some((one) => `mine:${one.id}` === value);
  return (
    <span className="gb-own">
      <label htmlFor={id}>{param.label}</label>
      <select id={id} name={name} value={value} disabled={locked} onChange={(event) => set(event.target.value)}>
        <option value="shipped">the book’s</option>
        {!isListed && <option value={value}>yours</option>}
        {mine.map((one) => (
          <option key={one.id} value={`mine:${one.id}`} disabled={!fits(one)}>
            yours: {one.name}{fits(one) ? "" : " (too large for this picture)"}
          </option>
        ))}
      </select>
    </span>
  );
}
